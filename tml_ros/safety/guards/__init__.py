"""Guards: small deterministic detectors without learned weights."""
