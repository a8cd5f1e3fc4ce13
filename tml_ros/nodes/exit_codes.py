"""What a node program and whoever runs it agree on. No imports, so that either may use it."""

STOPPED = 0
"""Asked to end by a signal, and did."""
FAILED = 1
"""Something unexpected; starting it again may help."""
MISCONFIGURED = 2
"""It cannot start with these arguments; starting it again cannot help."""
PARENT_VARIABLE = "TML_ROS_PARENT_PID"
"""Names the process whose end ends the node, where it is set."""
