"""Models, guards and baselines played against simulated cells, closed loop."""
