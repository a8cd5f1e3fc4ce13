"""Pictures and sound around alarms: kept in memory, made unrecognisable, written as clips."""
