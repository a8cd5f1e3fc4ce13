"""What a session senses of a rendered scenario, and what is to be learnt from it."""
