"""What happens in a simulated cell: described in YAML, or drawn from a seed."""
