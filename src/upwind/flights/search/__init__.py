"""What is worth flying, and how to fly it."""
