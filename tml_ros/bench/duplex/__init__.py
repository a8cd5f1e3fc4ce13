"""Full-duplex conversation, measured: who speaks when, over whom, and at the right moment."""
