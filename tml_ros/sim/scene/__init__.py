"""What the cameras of a simulated cell see."""
