"""From an approved site to a signed package for one partner, and back where it must be recalled."""
