-- site_place --
CREATE INDEX site_place ON site USING gist (point(longitude, latitude))
