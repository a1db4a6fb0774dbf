# Without places to break a date in two, or a time from its zone.
DATE_FORMAT = "D\u00a0j\u00a0M\u00a0Y"
TIME_FORMAT = "H:i"
# Departures show the clocks of their regions; everything else is in UTC, and says so.
DATETIME_FORMAT = "j\u00a0M\u00a0Y H:i\u00a0T"
