"""What people say in a simulated cell, and what is the right answer."""
