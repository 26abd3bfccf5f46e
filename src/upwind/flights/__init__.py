"""Where flights were, against what states claim and publish: borders, special-use airspace, authorisations."""
