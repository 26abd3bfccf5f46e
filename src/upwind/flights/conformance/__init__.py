"""How far a flown track kept to the lines of its plan."""
