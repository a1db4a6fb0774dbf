"""Limits that several rules share, each defined once.

The independent checker (`optimization/verification`) defines its own, on purpose.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

LONGEST_TRIP: Final = timedelta(days=45)
"""The longest duration of a departure, and so how far before and after a date its departures may reach."""

ONE_DAY: Final = timedelta(days=1)
"""The largest difference between a local date and the date in UTC."""

CATALOG_WINDOW: Final = timedelta(days=14)
"""How far around the requested dates the catalog's departures are read."""

RECORDED_PAST: Final = timedelta(days=366)
"""How far in the past a date or a moment that others report may lie."""

RECORDED_FUTURE: Final = timedelta(days=3 * 366)
"""How far in the future a date or a moment that others report may lie."""

MAX_GUESTS: Final = 1000
"""Guests of one departure or reservation; a larger figure is a fault of whoever reports it."""

MAX_NAME: Final = 200
"""Characters of a name that a sibling sends: of a trip, a trail, a guide, a certification."""

MAX_NOTE: Final = 5000
"""Characters of a text for people that a sibling sends."""

MAX_AGE: Final = 120
"""The highest minimum age of a trip, in years."""

LARGEST_TEAM: Final = 3
"""Guides on one departure: one lead and up to two assistants."""

DEFAULT_GROUP_SIZE: Final = 8
"""Guests per guide where svc-guide-management states no `max_group_size`."""

TURNAROUND: Final = timedelta(minutes=30)
"""The shortest time between two departures of a guide on one date."""

REST: Final = timedelta(hours=8)
"""The shortest time between departures of a guide that belong to different dates."""

LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The start of what has none: earlier than every departure. `datetime.min` would overflow where rest is subtracted."""

OPEN_END: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""The end of what has none: later than every departure. `datetime.max` would overflow where rest is added to it."""
