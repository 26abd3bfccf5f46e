-- has_schema --
SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'migration'

-- sites_within --
SELECT w.id, w.longitude, w.latitude FROM site_place p JOIN site w ON w.number = p.number
WHERE p.east >= :west AND p.west <= :east AND p.north >= :south AND p.south <= :north
AND w.longitude BETWEEN :west AND :east AND w.latitude BETWEEN :south AND :north
ORDER BY w.id
