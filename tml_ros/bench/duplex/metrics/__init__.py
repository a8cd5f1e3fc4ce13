"""What is measured of one answer to one sample, one definition in each file. Pure functions."""
