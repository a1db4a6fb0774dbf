# No-break spaces keep a date, and a time with its zone, on one line.
DATE_FORMAT = "D\u00a0j\u00a0M\u00a0Y"
TIME_FORMAT = "H:i"
# Departures show local time; all other times are in the zone of the company, which is named.
DATETIME_FORMAT = "j\u00a0M\u00a0Y H:i\u00a0T"
# The day of a page, in its heading.
LONG_DATE_FORMAT = "l, j F Y"
# A moment in a sentence.
MOMENT_FORMAT = "d M H:i"
