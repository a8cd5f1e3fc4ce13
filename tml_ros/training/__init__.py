"""Teaches an interaction model: lessons from the simulated factory or from bags, and the weights
that come of them.
"""
