"""The HTTP edge: the API, the pages, and who may use which."""
