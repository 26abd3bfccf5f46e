"""What people decide about sites: judgements, and a standing that is a pure fold over the log of them."""
