"""Generated dialogues, one family of tasks in each file."""
