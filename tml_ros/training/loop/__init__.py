"""A training run: which lessons come when, the steps, and a folder from which it goes on."""
