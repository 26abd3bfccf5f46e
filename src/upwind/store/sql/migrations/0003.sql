-- passage --
CREATE TABLE passage (
    number INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES site (id),
    part TEXT NOT NULL,
    person TEXT NOT NULL,
    words TEXT NOT NULL,
    is_kept_close INTEGER NOT NULL
)

-- passage_case --
CREATE INDEX passage_case ON passage (case_id)

-- saved_search --
CREATE TABLE saved_search (
    person TEXT NOT NULL REFERENCES account (name),
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    whose TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (person, name)
)

-- standing_assignee --
ALTER TABLE standing ADD COLUMN assignee TEXT NOT NULL DEFAULT ''

-- lease_person --
CREATE INDEX lease_person ON lease (person)

-- standing_ranked --
CREATE INDEX standing_ranked ON standing (ranked, case_id)
