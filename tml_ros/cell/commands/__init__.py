"""What operators may ask of a cell's alarms, whether it is really they who ask, and the answer."""
