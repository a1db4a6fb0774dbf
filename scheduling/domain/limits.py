"""The limits that several rules share, each stated once.

The independent checker (`optimization/verification`) states its own, on purpose.
"""

from datetime import timedelta
from typing import Final

LONGEST_TRIP: Final = timedelta(days=45)
"""No departure lasts longer; how far back and ahead of a date its departures may reach."""

ONE_DAY: Final = timedelta(days=1)
"""By how much the date of a place may differ from the date in UTC."""

CATALOG_WINDOW: Final = timedelta(days=14)
"""How far around the dates in question the catalog's departures are read."""

LARGEST_TEAM: Final = 3
"""Guides on one departure: one lead and up to two assistants."""

DEFAULT_GROUP_SIZE: Final = 8
"""Guests per guide where svc-guide-management states no `max_group_size`."""

TURNAROUND: Final = timedelta(minutes=30)
"""Between two departures of a guide on one date."""

REST: Final = timedelta(hours=8)
"""Between departures of a guide that belong to different dates."""
