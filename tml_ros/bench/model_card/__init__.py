"""What is known of a model, on one page: what it learnt from, what it reaches, what it cannot."""
