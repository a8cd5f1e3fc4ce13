"""What really happens in a simulated cell, and what would be right to do."""
