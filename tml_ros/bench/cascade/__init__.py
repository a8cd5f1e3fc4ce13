"""The baseline to beat: voice activity, closed grammar, rules, and a speech program, in a chain."""
