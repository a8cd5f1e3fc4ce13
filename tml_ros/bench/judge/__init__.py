"""The judge: what was done, beside what would have been right."""
