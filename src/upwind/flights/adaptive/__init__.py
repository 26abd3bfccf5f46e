"""The next legs of a flight whose readings already say something: proposed by what they would teach, for a person."""
