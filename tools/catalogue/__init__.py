"""What the embedded catalogue is made of: a module per source, each from a pinned package to sizes and offers."""
