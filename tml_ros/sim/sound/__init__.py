"""What the microphones of a simulated cell hear."""
