"""One monitored cell in one process: turn -> model -> safety -> speech. No ROS, no clock."""
