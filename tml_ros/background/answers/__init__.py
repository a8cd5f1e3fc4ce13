"""What the embedded planner answers to each kind of question; one file a kind."""
