"""Scenarios as files: shards to train from, and recordings and pictures to look at."""
