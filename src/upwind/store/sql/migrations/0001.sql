-- log --
CREATE TABLE log (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    case_id TEXT NOT NULL,
    body TEXT NOT NULL,
    previous TEXT NOT NULL,
    digest TEXT NOT NULL,
    subtree TEXT NOT NULL
)

-- log_case --
CREATE INDEX log_case ON log (case_id, seq)

-- log_kind --
CREATE INDEX log_kind ON log (what, seq)

-- head --
CREATE TABLE head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL,
    root TEXT NOT NULL
)

-- site --
CREATE TABLE site (
    id TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    longitude DOUBLE PRECISION NOT NULL,
    latitude DOUBLE PRECISION NOT NULL,
    probability DOUBLE PRECISION NOT NULL,
    marking TEXT NOT NULL,
    came TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    feature TEXT
)

-- standing --
CREATE TABLE standing (
    case_id TEXT PRIMARY KEY REFERENCES site (id),
    state TEXT NOT NULL,
    round INTEGER NOT NULL,
    stage INTEGER NOT NULL,
    waits INTEGER NOT NULL,
    since TEXT NOT NULL,
    ranked DOUBLE PRECISION NOT NULL
)

-- standing_waits --
CREATE INDEX standing_waits ON standing (waits, ranked, case_id)

-- standing_state --
CREATE INDEX standing_state ON standing (state, ranked, case_id)

-- judgement --
CREATE TABLE judgement (
    case_id TEXT NOT NULL REFERENCES site (id),
    round INTEGER NOT NULL,
    stage INTEGER NOT NULL,
    person TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (case_id, round, stage),
    UNIQUE (case_id, round, person)
)

-- lease --
CREATE TABLE lease (
    case_id TEXT PRIMARY KEY REFERENCES site (id),
    person TEXT NOT NULL,
    round INTEGER NOT NULL,
    stage INTEGER NOT NULL,
    until TEXT NOT NULL
)

-- answer --
CREATE TABLE answer (
    person TEXT NOT NULL,
    idempotency TEXT NOT NULL,
    request TEXT NOT NULL,
    reply TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (person, idempotency)
)

-- account --
CREATE TABLE account (
    name TEXT PRIMARY KEY,
    partner TEXT NOT NULL,
    password TEXT NOT NULL
)

-- account_role --
CREATE TABLE account_role (
    name TEXT NOT NULL REFERENCES account (name),
    role TEXT NOT NULL,
    PRIMARY KEY (name, role)
)

-- proposal --
CREATE TABLE proposal (
    name TEXT NOT NULL REFERENCES account (name),
    role TEXT NOT NULL,
    who TEXT NOT NULL,
    PRIMARY KEY (name, role)
)

-- access --
CREATE TABLE access (
    digest TEXT PRIMARY KEY,
    name TEXT NOT NULL REFERENCES account (name),
    kind TEXT NOT NULL,
    until TEXT NOT NULL
)

-- evidence --
CREATE TABLE evidence (
    digest TEXT NOT NULL,
    case_id TEXT NOT NULL REFERENCES site (id),
    name TEXT NOT NULL,
    PRIMARY KEY (digest, case_id)
)

-- setting --
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    content TEXT NOT NULL
)

-- empty_head --
INSERT INTO head (one, size, root) VALUES (1, 0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
