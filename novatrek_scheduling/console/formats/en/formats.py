DATE_FORMAT = "D j M Y"
TIME_FORMAT = "H:i"
# Departures show the clocks of their regions; everything else is in UTC, and says so.
DATETIME_FORMAT = "j M Y H:i T"
