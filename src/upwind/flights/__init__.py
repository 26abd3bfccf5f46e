"""Where everybody flew: the register, borders and airspace, authorisations, and the audit of tracks against them."""
