"""What is right to say in every turn of a scenario, played through a session's own conversation."""
