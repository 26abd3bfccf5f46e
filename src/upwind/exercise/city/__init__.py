"""A fictional city with shops, homes and one hidden source, and the flights over it, from a seed."""
