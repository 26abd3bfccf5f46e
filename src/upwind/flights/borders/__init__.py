"""Whose land, sea and airspace it is: outlines that upwind brings along, and the index that answers for them."""
