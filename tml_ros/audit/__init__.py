"""What happened, written down so that it cannot be lost or quietly rewritten."""
