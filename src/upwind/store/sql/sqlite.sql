-- has_schema --
SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'migration'

-- sites_within --
SELECT w.id, w.longitude, w.latitude FROM site_place p JOIN site w ON w.number = p.number
WHERE p.east >= :west AND p.west <= :east AND p.north >= :south AND p.south <= :north
AND w.longitude BETWEEN :west AND :east AND w.latitude BETWEEN :south AND :north
ORDER BY w.id

-- markings_within --
SELECT DISTINCT w.marking FROM site_place p JOIN site w ON w.number = p.number
WHERE p.east >= :west AND p.west <= :east AND p.north >= :south AND p.south <= :north
AND w.longitude BETWEEN :west AND :east AND w.latitude BETWEEN :south AND :north
ORDER BY w.marking

-- found --
SELECT s.case_id, w.probability, s.state, s.stage, l.person, l.until, w.compounds, s.ranked,
EXISTS (SELECT 1 FROM judgement j WHERE j.case_id = s.case_id AND j.round = s.round AND j.person = :person)
FROM standing s INDEXED BY standing_ranked JOIN site w ON w.id = s.case_id
LEFT JOIN lease l ON l.case_id = s.case_id AND l.until > :now AND l.until <= :latest
WHERE (s.state = :state OR (:state = '' AND s.waits = 1))
AND (:words = '' OR +s.case_id IN (
    SELECT p.case_id FROM passage_words m JOIN passage p ON p.number = m.rowid
    WHERE (p.is_kept_close = 0 OR p.person = :person)
    AND m.words MATCH '"' || replace(:words, ' ', '"* "') || '"*'
))
AND (:whose = '' OR (:whose = 'free' AND l.case_id IS NULL)
    OR (:whose = 'mine' AND (l.person = :person OR s.assignee = :person)))
AND (s.ranked < :ranked OR (s.ranked = :ranked AND s.case_id < :case_id))
AND length(replace(:hidden, :comma || w.marking || :comma, '')) >= length(:hidden)
ORDER BY s.ranked DESC, s.case_id DESC LIMIT :most

-- found_plainly --
SELECT DISTINCT p.case_id FROM passage_words m JOIN passage p ON p.number = m.rowid
WHERE p.case_id IN (SELECT value FROM json_each(:cases)) AND p.part <> 'machine' AND (p.is_kept_close = 0 OR p.person = :person)
AND m.words MATCH '"' || replace(:words, ' ', '"* "') || '"*'
