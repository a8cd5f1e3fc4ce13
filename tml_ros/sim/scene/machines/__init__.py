"""The machines of the simulated factory: what they look like and how they move."""
