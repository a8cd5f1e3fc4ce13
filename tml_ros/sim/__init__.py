"""A small simulated cell, rendered headless, that comes with the truth about itself."""
