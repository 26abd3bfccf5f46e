-- site_place --
CREATE VIRTUAL TABLE site_place USING rtree (number, west, east, south, north)

-- site_placed --
CREATE TRIGGER site_placed AFTER INSERT ON site BEGIN
    INSERT INTO site_place (number, west, east, south, north)
    VALUES (new.number, new.longitude, new.longitude, new.latitude, new.latitude);
END

-- site_moved --
CREATE TRIGGER site_moved AFTER UPDATE OF longitude, latitude ON site BEGIN
    UPDATE site_place
    SET west = new.longitude, east = new.longitude, south = new.latitude, north = new.latitude
    WHERE number = new.number;
END
