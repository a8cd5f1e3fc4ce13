"""From a trained network to one that can be shipped: calibrated, and honest about what it can."""
