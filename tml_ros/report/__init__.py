"""What one run produced, kept small, and the page that tells it to a colleague."""
