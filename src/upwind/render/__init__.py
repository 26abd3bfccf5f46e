"""Pictures, pages, GeoJSON and words in two languages, for whoever shows something."""
