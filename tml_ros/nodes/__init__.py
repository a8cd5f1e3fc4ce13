"""rclpy nodes: they translate messages, own threads and lifetimes, and nothing else."""
