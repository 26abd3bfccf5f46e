"""Sources of many flights, and reports, become sites: one place each, its evidence added up term by term."""
