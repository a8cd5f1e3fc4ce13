"""Full-duplex eyes, ears and voice for a factory cell."""
