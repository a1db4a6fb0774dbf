"""The limits that several rules share, each stated once."""

from datetime import timedelta

LONGEST_TRIP = timedelta(days=45)
# Where a departure is, it may be tomorrow already.
A_DAY = timedelta(days=1)
