"""Cameras, microphones, loudspeakers and the files that stand in for them."""
