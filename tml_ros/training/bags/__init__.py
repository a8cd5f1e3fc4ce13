"""A person's own recordings as lessons, and which parts of a model learn from them."""
