"""Vibration of rotating machines: bearings, velocity, orders; each judges one waveform."""
