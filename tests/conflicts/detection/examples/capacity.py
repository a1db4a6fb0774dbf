"""Examples of the rules about numbers of people."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from conflicts.detection import Cause, Detection
from scheduling.domain.document import GuideAdjustments
from scheduling.domain.facts import Location
from tests.conflicts.detection.examples.example import beyond, just_beyond, just_short_of, short_of
from tests.conflicts.detection.scenes import detect_among
from tests.factories import REGION_ID, DepartureFactory, GuideFactory, TrailFactory, TripFactory, at, facts_of, lead

PLACES, ON_THE_TRAIL, PER_GUIDE, AT_THE_CAMP = 12, 15, 10, 16
GUIDES = [GuideFactory(max_group_size=PER_GUIDE) for _ in range(2)]
TRIP, TRAIL = TripFactory(), TrailFactory(max_group_size=ON_THE_TRAIL)
NINE = at(9)
CAMP = Location(uuid4(), REGION_ID, AT_THE_CAMP)


def guests(participants: int, **fields: Any) -> Detection:
    return detect_among(DepartureFactory(participants=participants, capacity=PLACES, **fields))


def on_the_trail(participants: int) -> Detection:
    departure = DepartureFactory(participants=participants, capacity=100, trail_id=TRAIL.id)
    return detect_among(departure, facts=facts_of(trails=[TRAIL]))


def with_guides(participants: int, *, of_them: int = 1, **entry: Any) -> Detection:
    team = [lead(guide) for guide in GUIDES[:of_them]]
    departure = DepartureFactory(participants=participants, capacity=100, trip_id=TRIP.id, team=team)
    entered = {GUIDES[0].id: GuideAdjustments(**entry)}
    return detect_among(departure, facts=facts_of(guides=GUIDES, trips=[TRIP]), adjustments=entered)


def at_the_camp(first: int, second: int, second_from: datetime = NINE, **fields: Any) -> Detection:
    """As many guests from 9 to 12, and as many from `second_from` to 15."""
    one_guide, other_guide = GUIDES
    there = DepartureFactory(participants=first, location_id=CAMP.id, team=[lead(one_guide)])
    fields = {"team": [lead(other_guide)], "starts_at": second_from, "ends_at": at(15)} | fields
    later = DepartureFactory(participants=second, location_id=CAMP.id, **fields)
    return detect_among(there, later, facts=facts_of(guides=GUIDES, base_camp=CAMP))


EXAMPLES_OF_CAPACITY = (
    beyond(Cause.DEPARTURE_CAPACITY, "twice as many as it has places", guests, 2 * PLACES),
    just_beyond(Cause.DEPARTURE_CAPACITY, "one more than it has places", guests, PLACES + 1),
    just_short_of(Cause.DEPARTURE_CAPACITY, "as many as it has places", guests, PLACES),
    short_of(Cause.DEPARTURE_CAPACITY, "nobody", guests, 0),
    beyond(Cause.TRAIL_GROUP_SIZE, "twice as many as the trail takes", on_the_trail, 2 * ON_THE_TRAIL),
    just_beyond(Cause.TRAIL_GROUP_SIZE, "one more than the trail takes", on_the_trail, ON_THE_TRAIL + 1),
    just_short_of(Cause.TRAIL_GROUP_SIZE, "as many as the trail takes", on_the_trail, ON_THE_TRAIL),
    short_of(Cause.TRAIL_GROUP_SIZE, "two", on_the_trail, 2),
    beyond(Cause.TEAM_GROUP_SIZE, "twice as many as the guide may lead", with_guides, 2 * PER_GUIDE),
    just_beyond(Cause.TEAM_GROUP_SIZE, "one more than the guide may lead", with_guides, PER_GUIDE + 1),
    just_short_of(Cause.TEAM_GROUP_SIZE, "as many as the guide may lead", with_guides, PER_GUIDE),
    just_beyond(Cause.TEAM_GROUP_SIZE, "one more than two may lead", with_guides, 2 * PER_GUIDE + 1, of_them=2),
    just_short_of(Cause.TEAM_GROUP_SIZE, "as many as two may lead", with_guides, 2 * PER_GUIDE, of_them=2),
    just_beyond(Cause.TEAM_GROUP_SIZE, "one more than the guide's entry allows", with_guides, 7, max_group_size=6),
    just_short_of(Cause.TEAM_GROUP_SIZE, "as many as the guide's entry allows", with_guides, 6, max_group_size=6),
    short_of(Cause.TEAM_GROUP_SIZE, "two", with_guides, 2),
    beyond(Cause.LOCATION_CAPACITY, "twice as many as it holds", at_the_camp, AT_THE_CAMP, AT_THE_CAMP),
    just_beyond(Cause.LOCATION_CAPACITY, "one more than it holds", at_the_camp, 8, 9),
    just_short_of(Cause.LOCATION_CAPACITY, "as many as it holds", at_the_camp, 8, 8),
    just_beyond(Cause.LOCATION_CAPACITY, "some come a minute before others go", at_the_camp, 12, 12, at(11, 59)),
    just_short_of(Cause.LOCATION_CAPACITY, "some come as others go", at_the_camp, 12, 12, at(12)),
    just_short_of(Cause.LOCATION_CAPACITY, "those whom nobody leads are not there", at_the_camp, 12, 12, team=[]),
    short_of(Cause.LOCATION_CAPACITY, "few", at_the_camp, 2, 2),
)
