"""A simulated factory, drawn and heard without a screen, that comes with the truth about itself."""
