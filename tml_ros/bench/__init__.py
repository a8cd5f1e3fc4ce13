"""Measurements of the product's own cost and quality, each a function returning figures."""
