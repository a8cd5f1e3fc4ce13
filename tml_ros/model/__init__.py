"""The interaction model: micro-turns in, speech and hazards out."""
