"""Exercises: scenes with known truth that grade every step, by a dispersion that is not the one `invert` uses."""
