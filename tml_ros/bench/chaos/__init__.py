"""Faults done to a running cell on purpose, and the proof of what the guardian made of them."""
