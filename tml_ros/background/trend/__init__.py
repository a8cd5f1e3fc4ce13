"""What changes in a machine over hours to months, and whether it is the machine or the sensor."""
