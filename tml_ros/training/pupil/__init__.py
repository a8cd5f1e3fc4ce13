"""A network while it learns: what it judges of a batch of lessons, and how wrong that is."""
