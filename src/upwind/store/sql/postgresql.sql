-- has_schema --
SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'migration'

-- sites_within --
SELECT id, longitude, latitude FROM site
WHERE point(longitude, latitude) <@ box(point(:west, :south), point(:east, :north))
ORDER BY id

-- markings_within --
SELECT DISTINCT marking FROM site
WHERE point(longitude, latitude) <@ box(point(:west, :south), point(:east, :north))
ORDER BY marking

-- found --
SELECT s.case_id, w.probability, s.state, s.stage, l.person, l.until, w.compounds, s.ranked,
EXISTS (SELECT 1 FROM judgement j WHERE j.case_id = s.case_id AND j.round = s.round AND j.person = :person)
FROM standing s JOIN site w ON w.id = s.case_id
LEFT JOIN lease l ON l.case_id = s.case_id AND l.until > :now AND l.until <= :latest
WHERE (s.state = :state OR (:state = '' AND s.waits = 1))
AND (:words = '' OR s.case_id IN (
    SELECT p.case_id FROM passage p
    WHERE (p.is_kept_close = 0 OR p.person = :person)
    AND array_to_tsvector(string_to_array(p.words, ' '))
        @@ CAST(CASE WHEN :words = '' THEN '' ELSE '''' || replace(:words, ' ', ''':* & ''') || ''':*' END AS tsquery)
))
AND (:whose = '' OR (:whose = 'free' AND l.case_id IS NULL)
    OR (:whose = 'mine' AND (l.person = :person OR s.assignee = :person)))
AND (s.ranked < :ranked OR (s.ranked = :ranked AND s.case_id < :case_id))
AND length(replace(:hidden, :comma || w.marking || :comma, '')) >= length(:hidden)
ORDER BY s.ranked DESC, s.case_id DESC LIMIT :most

-- found_plainly --
SELECT DISTINCT p.case_id FROM passage p
WHERE p.case_id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:cases AS json)))) AND p.part <> 'machine' AND (p.is_kept_close = 0 OR p.person = :person)
AND array_to_tsvector(string_to_array(p.words, ' '))
    @@ CAST(CASE WHEN :words = '' THEN '' ELSE '''' || replace(:words, ' ', ''':* & ''') || ''':*' END AS tsquery)
