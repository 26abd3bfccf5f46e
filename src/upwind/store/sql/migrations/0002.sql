-- site_compounds --
ALTER TABLE site ADD COLUMN compounds TEXT NOT NULL DEFAULT ''
