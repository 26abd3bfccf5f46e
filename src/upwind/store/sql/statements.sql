-- last_entry --
SELECT seq, digest FROM log ORDER BY seq DESC LIMIT 1

-- subtree_at --
SELECT subtree FROM log WHERE seq = :seq

-- append_entry --
INSERT INTO log (seq, at, who, what, case_id, body, previous, digest, subtree)
VALUES (:seq, :at, :who, :what, :case_id, :body, :previous, :digest, :subtree)

-- head --
SELECT size, root FROM head

-- seal_head --
UPDATE head SET size = :size, root = :root

-- entries_after --
SELECT seq, at, who, what, case_id, body, previous, digest, subtree
FROM log WHERE seq > :after ORDER BY seq LIMIT :most

-- changes_after --
SELECT l.seq, l.what, l.case_id, coalesce(w.marking, '')
FROM log l LEFT JOIN site w ON w.id = l.case_id
WHERE l.seq > :after ORDER BY l.seq LIMIT :most

-- entries_of_case --
SELECT seq, at, who, what, case_id, body, previous, digest, subtree
FROM log WHERE case_id = :case_id ORDER BY seq

-- entries_of_kind --
SELECT seq, at, who, what, case_id, body, previous, digest, subtree
FROM log WHERE what = :what ORDER BY seq

-- site --
SELECT id, number, longitude, latitude, probability, marking, came, sha256, feature FROM site WHERE id = :id

-- insert_site --
INSERT INTO site (id, number, longitude, latitude, probability, marking, came, sha256, feature, compounds)
VALUES (:id, :number, :longitude, :latitude, :probability, :marking, :came, :sha256, :feature, :compounds)

-- update_site --
UPDATE site
SET longitude = :longitude, latitude = :latitude, probability = :probability, marking = :marking,
    sha256 = :sha256, feature = :feature, compounds = :compounds
WHERE id = :id

-- put_passage --
INSERT INTO passage (number, case_id, part, person, words, is_kept_close)
VALUES (:number, :case_id, :part, :person, :words, 0)
ON CONFLICT (number) DO UPDATE SET words = excluded.words

-- open_passages --
UPDATE passage SET is_kept_close = 0 WHERE case_id = :case_id AND is_kept_close = 1

-- keep_passage_close --
UPDATE passage SET is_kept_close = 1 WHERE number = :number

-- forget_passages --
DELETE FROM passage WHERE case_id = :case_id AND part <> 'entry'

-- site_numbers --
SELECT id, number, feature FROM site ORDER BY id

-- set_assignee --
UPDATE standing SET assignee = :assignee WHERE case_id = :case_id

-- saved_searches --
SELECT name, state, whose, words FROM saved_search WHERE person = :person ORDER BY name

-- put_saved_search --
INSERT INTO saved_search (person, name, state, whose, words) VALUES (:person, :name, :state, :whose, :words)
ON CONFLICT (person, name) DO UPDATE SET state = excluded.state, whose = excluded.whose, words = excluded.words

-- delete_saved_search --
DELETE FROM saved_search WHERE person = :person AND name = :name

-- forget_site --
UPDATE site SET feature = NULL, compounds = '' WHERE id = :id

-- all_cases --
SELECT case_id, state, round, stage, waits, since FROM standing ORDER BY case_id

-- insert_standing --
INSERT INTO standing (case_id, state, round, stage, waits, since, ranked)
VALUES (:case_id, :state, :round, :stage, :waits, :since, :ranked)

-- update_standing --
UPDATE standing
SET since = CASE WHEN state = :state AND round = :round THEN since ELSE :since END,
    state = :state, round = :round, stage = :stage, waits = :waits, assignee = :assignee
WHERE case_id = :case_id

-- update_rank --
UPDATE standing SET ranked = :ranked WHERE case_id = :case_id

-- cases_first --
SELECT s.case_id, w.probability, s.state, s.stage, l.person, l.until, w.compounds,
EXISTS (SELECT 1 FROM judgement j WHERE j.case_id = s.case_id AND j.round = s.round AND j.person = :person)
FROM standing s JOIN site w ON w.id = s.case_id LEFT JOIN lease l ON l.case_id = s.case_id
WHERE s.state = :state
AND length(replace(:hidden, :comma || w.marking || :comma, '')) >= length(:hidden)
ORDER BY s.ranked DESC, s.case_id DESC LIMIT :most

-- cases_next --
SELECT s.case_id, w.probability, s.state, s.stage, l.person, l.until, w.compounds,
EXISTS (SELECT 1 FROM judgement j WHERE j.case_id = s.case_id AND j.round = s.round AND j.person = :person)
FROM standing s JOIN site w ON w.id = s.case_id LEFT JOIN lease l ON l.case_id = s.case_id
WHERE s.state = :state AND (s.ranked < :ranked OR (s.ranked = :ranked AND s.case_id < :case_id))
AND length(replace(:hidden, :comma || w.marking || :comma, '')) >= length(:hidden)
ORDER BY s.ranked DESC, s.case_id DESC LIMIT :most

-- waiting_first --
SELECT s.case_id, w.probability, s.state, s.stage, l.person, l.until, w.compounds,
EXISTS (SELECT 1 FROM judgement j WHERE j.case_id = s.case_id AND j.round = s.round AND j.person = :person)
FROM standing s JOIN site w ON w.id = s.case_id LEFT JOIN lease l ON l.case_id = s.case_id
WHERE s.waits = 1 AND length(replace(:hidden, :comma || w.marking || :comma, '')) >= length(:hidden)
ORDER BY s.ranked DESC, s.case_id DESC LIMIT :most

-- waiting_next --
SELECT s.case_id, w.probability, s.state, s.stage, l.person, l.until, w.compounds,
EXISTS (SELECT 1 FROM judgement j WHERE j.case_id = s.case_id AND j.round = s.round AND j.person = :person)
FROM standing s JOIN site w ON w.id = s.case_id LEFT JOIN lease l ON l.case_id = s.case_id
WHERE s.waits = 1 AND (s.ranked < :ranked OR (s.ranked = :ranked AND s.case_id < :case_id))
AND length(replace(:hidden, :comma || w.marking || :comma, '')) >= length(:hidden)
ORDER BY s.ranked DESC, s.case_id DESC LIMIT :most

-- rank_of --
SELECT ranked FROM standing WHERE case_id = :case_id

-- next_case --
SELECT s.case_id
FROM standing s JOIN site w ON w.id = s.case_id
LEFT JOIN lease l ON l.case_id = s.case_id AND l.until > :now AND l.until <= :latest
WHERE s.waits = 1 AND length(replace(:hidden, :comma || w.marking || :comma, '')) >= length(:hidden) AND l.case_id IS NULL AND NOT EXISTS (
    SELECT 1 FROM judgement j WHERE j.case_id = s.case_id AND j.round = s.round AND j.person = :person
)
ORDER BY s.ranked DESC, s.case_id DESC LIMIT 1

-- insert_judgement --
INSERT INTO judgement (case_id, round, stage, person, seq) VALUES (:case_id, :round, :stage, :person, :seq)

-- delete_judgement --
DELETE FROM judgement WHERE seq = :seq

-- set_judgement_aside --
UPDATE judgement SET stage = -seq WHERE seq = :seq

-- lease --
SELECT case_id, person, round, stage, until FROM lease WHERE case_id = :case_id

-- leased_by --
SELECT l.case_id FROM lease l JOIN standing s ON s.case_id = l.case_id
WHERE l.person = :person AND l.until > :now AND l.until <= :latest AND s.waits = 1
ORDER BY l.until, l.case_id

-- put_lease --
INSERT INTO lease (case_id, person, round, stage, until) VALUES (:case_id, :person, :round, :stage, :until)
ON CONFLICT (case_id) DO UPDATE
SET person = excluded.person, round = excluded.round, stage = excluded.stage, until = excluded.until

-- delete_lease --
DELETE FROM lease WHERE case_id = :case_id

-- answer --
SELECT request, reply FROM answer WHERE person = :person AND idempotency = :idempotency

-- insert_answer --
INSERT INTO answer (person, idempotency, request, reply, at) VALUES (:person, :idempotency, :request, :reply, :at)

-- delete_answers --
DELETE FROM answer WHERE at < :before

-- account --
SELECT name, partner, password FROM account WHERE name = :name

-- accounts --
SELECT a.name, a.partner, r.role FROM account a JOIN account_role r ON r.name = a.name ORDER BY a.name, r.role

-- insert_account --
INSERT INTO account (name, partner, password) VALUES (:name, :partner, '')

-- any_account --
SELECT name FROM account LIMIT 1

-- has_role --
SELECT role FROM account_role WHERE name = :name AND role = :role

-- roles --
SELECT role FROM account_role WHERE name = :name ORDER BY role

-- insert_role --
INSERT INTO account_role (name, role) VALUES (:name, :role)

-- delete_role --
DELETE FROM account_role WHERE name = :name AND role = :role

-- proposal --
SELECT who FROM proposal WHERE name = :name AND role = :role

-- proposals --
SELECT name, role FROM proposal ORDER BY name, role

-- insert_proposal --
INSERT INTO proposal (name, role, who) VALUES (:name, :role, :who)

-- delete_proposal --
DELETE FROM proposal WHERE name = :name AND role = :role

-- set_password --
UPDATE account SET password = :password WHERE name = :name

-- insert_access --
INSERT INTO access (digest, name, kind, until) VALUES (:digest, :name, :kind, :until)

-- access --
SELECT name, until FROM access WHERE digest = :digest AND kind = :kind

-- delete_access --
DELETE FROM access WHERE digest = :digest

-- delete_access_of --
DELETE FROM access WHERE name = :name AND kind = :kind

-- insert_evidence --
INSERT INTO evidence (digest, case_id, name) VALUES (:digest, :case_id, :name) ON CONFLICT DO NOTHING

-- evidence_of_case --
SELECT digest, name FROM evidence WHERE case_id = :case_id ORDER BY name, digest

-- states --
SELECT state, count(*) FROM standing GROUP BY state ORDER BY state

-- all_evidence --
SELECT DISTINCT digest FROM evidence ORDER BY digest

-- delete_evidence --
DELETE FROM evidence WHERE case_id = :case_id

-- forgettable --
SELECT s.case_id, w.sha256, w.feature
FROM standing s JOIN site w ON w.id = s.case_id
WHERE s.state = 'rejected' AND s.since < :before AND (w.feature IS NOT NULL OR EXISTS (
    SELECT 1 FROM evidence e WHERE e.case_id = s.case_id
))
ORDER BY s.case_id

-- forgotten --
SELECT body FROM log WHERE what = 'forgotten' ORDER BY seq

-- setting --
SELECT content FROM setting WHERE name = :name

-- settings_like --
SELECT name, content FROM setting WHERE name LIKE :pattern ORDER BY name

-- insert_setting --
INSERT INTO setting (name, content) VALUES (:name, :content)

-- put_setting --
INSERT INTO setting (name, content) VALUES (:name, :content)
ON CONFLICT (name) DO UPDATE SET content = excluded.content

-- delete_setting --
DELETE FROM setting WHERE name = :name

-- every_marking --
SELECT DISTINCT marking FROM site ORDER BY marking

-- marking_of --
SELECT marking FROM site WHERE id = :id

-- schema_table --
CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, at TEXT NOT NULL)

-- schema_version --
SELECT max(version) FROM migration

-- insert_version --
INSERT INTO migration (version, at) VALUES (:version, :at)
