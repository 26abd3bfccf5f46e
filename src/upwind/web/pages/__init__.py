"""The pages: whole documents from the server, readable before any script runs."""
