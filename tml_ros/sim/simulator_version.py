"""Which simulator made a scenario's pictures, sound and truth."""

SIMULATOR = 1
"""Goes up with every change after which a scenario looks, sounds or is judged otherwise."""
