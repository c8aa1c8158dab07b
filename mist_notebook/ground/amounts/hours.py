"""How long what people pay by is."""

HOURS_A_MONTH = 730.0  # as clouds reckon: a year of 8,760 hours in twelve
