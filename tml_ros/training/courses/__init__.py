"""Courses: lessons of one kind, by number, from rendered scenarios."""
