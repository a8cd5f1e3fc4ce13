"""The 200 ms micro-turn: the few frozen types that flow through every room."""
