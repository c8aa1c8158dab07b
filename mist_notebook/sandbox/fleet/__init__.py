"""The sandbox's machines: ordered, made, listed, acted on, priced, and reached over SSH."""
