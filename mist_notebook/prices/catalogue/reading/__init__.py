"""Reading a provider's price list, and one offer of it in our units: what all sources are made of."""
