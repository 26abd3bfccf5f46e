"""Flights: the catalogue of platforms and sensors, what covers an entry, and the register."""
