"""What became of releases: the partner's answers, how long they took, and the report to those who oversee."""
