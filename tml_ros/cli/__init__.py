"""The `tml-ros` program: one module per subcommand, and the supervisor of node processes."""
