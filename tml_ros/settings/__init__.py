"""Files that people write or that come with the package: found, read, and their mistakes named."""
