"""Slow thinking about maintenance: questions come in, findings with their evidence go out."""
