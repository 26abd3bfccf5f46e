"""Who allowed what: which authorisation covers an entry, why another does not, and what to ask for."""
