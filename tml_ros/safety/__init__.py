"""From hazards to alarms: deterministic guards and the alarm life of ISA-18.2."""
