"""Memory: the log, the sites and the accounts, in SQLite beside the program or in PostgreSQL; the same on both."""
