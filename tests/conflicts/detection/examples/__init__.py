"""Examples of every rule of detection: what it finds, what it does not, and what lies closest to the line between."""

from tests.conflicts.detection.examples.bookings import EXAMPLES_OF_BOOKINGS
from tests.conflicts.detection.examples.capacity import EXAMPLES_OF_CAPACITY
from tests.conflicts.detection.examples.catalog_and_guests import EXAMPLES_OF_CATALOG_AND_GUESTS
from tests.conflicts.detection.examples.example import Example, Place
from tests.conflicts.detection.examples.guides import EXAMPLES_OF_GUIDES
from tests.conflicts.detection.examples.trails_and_weather import EXAMPLES_OF_TRAILS_AND_WEATHER

EXAMPLES: tuple[Example, ...] = (
    *EXAMPLES_OF_GUIDES,
    *EXAMPLES_OF_BOOKINGS,
    *EXAMPLES_OF_TRAILS_AND_WEATHER,
    *EXAMPLES_OF_CAPACITY,
    *EXAMPLES_OF_CATALOG_AND_GUESTS,
)

__all__ = ["EXAMPLES", "Example", "Place"]
