-- has_schema --
SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'migration'

-- sites_within --
SELECT id, longitude, latitude FROM site
WHERE point(longitude, latitude) <@ box(point(:west, :south), point(:east, :north))
ORDER BY id
