"""Seeded days in values: regions with guides, trips and trails, and all that keeps a guide off a departure."""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from optimization.candidates.assessment import PlanningContext
from optimization.days.inputs import DayInputs
from scheduling.domain.document import (
    AssignmentStatus,
    AvailabilityException,
    Departure,
    GuideAdjustments,
    Role,
    TeamMember,
)
from scheduling.domain.facts import Certificate, Difficulty, Guide, Location, Region, Snapshot, Span, Trail, Trip
from scheduling.rules import Commitment, EntriesByDate, Facts, HazardFact

DAY = date(2031, 5, 14)
DAYS = tuple(DAY + timedelta(days=n) for n in range(-1, 4))
TAKEN_AT = datetime(2031, 5, 12, 6, tzinfo=UTC)
ZONES = ("America/Los_Angeles", "UTC", "America/New_York")
ACTIVITIES = ("HIKING", "RAFTING", "ROCK_CLIMBING", "WILDLIFE_SAFARI")
CERTIFICATES = ("WILDERNESS_FIRST_AID", "SWIFT_WATER_RESCUE", "ROPE_RESCUE")
LANGUAGES = ("en", "es", "de")
SMALLEST, LARGEST = 4, 40


class SeededDay:
    """The day of a seed: the same on every machine and on every date.

    Sizes differ from seed to seed; on the days of odd seeds most guides may lead most departures.
    """

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._has_many_candidates = seed % 2 == 1
        size = self._dice.randint(SMALLEST, LARGEST)
        self._regions = [self._region(n) for n in range(self._dice.randint(1, len(ZONES)))]
        self._trips = [self._trip(n) for n in range(max(3, size // 2))]
        self._trails = [self._trail(n) for n in range(3 * len(self._regions))]
        self._camps = {r.id: Location(self._id(), r.id, self._dice.choice([None, 30, 80])) for r in self._regions}
        self._guides = [self._guide(n) for n in range(round(size * self._dice.uniform(0.8, 2.5)) + 2)]
        self._departures = dict(self._departure() for _ in range(size))

    def inputs(self) -> DayInputs:
        """Return what a planner has read of the day."""
        departures, others = self._split()
        commitments = dict(self._commitments(others))
        entered = EntriesByDate({day: dict(self._entries()) for day in DAYS[1:3]})
        neighbours = tuple(self._on_another_date(d) for d in list(self._departures.values())[:2])
        return DayInputs(
            day=DAY,
            facts=self._facts(),
            departures=departures,
            everything={**departures, **others},
            context=PlanningContext(entered, commitments, frozenset(departures), neighbours),
            base={key: departure.model_copy(deep=True) for key, departure in departures.items()},
        )

    def _id(self) -> UUID:
        return UUID(int=self._dice.getrandbits(128), version=4)

    def _some(self, share: float) -> bool:
        return self._dice.random() < share

    def _region(self, number: int) -> Region:
        return Region(self._id(), f"Region {number}", ZoneInfo(ZONES[number]), f"R{number}")

    def _trip(self, number: int) -> Trip:
        required = self._dice.sample(CERTIFICATES, self._dice.choice([0, 1, 1, 2]))
        return Trip(
            id=self._id(),
            name=f"Trip {number}",
            activity_type=self._dice.choice(ACTIVITIES),
            difficulty=self._dice.choice(list(Difficulty)),
            region_id=self._dice.choice(self._regions).id,
            duration=timedelta(hours=self._dice.choice([3, 5, 8, 30])),
            min_participants=1,
            max_participants=14,
            is_active=True,
            required_certifications=frozenset(required),
            age_minimum=8,
        )

    def _trail(self, number: int) -> Trail:
        return Trail(
            id=self._id(),
            name=f"Trail {number}",
            region_id=self._regions[number % len(self._regions)].id,
            activities=frozenset(self._dice.sample(ACTIVITIES, 3)),
            difficulty=self._dice.choice(list(Difficulty)),
            elevation_gain_m=self._dice.choice([None, 150.0, 900.0]),
            max_group_size=self._dice.choice([8, 14, 20]),
            status=self._dice.choice(["OPEN", "OPEN", "OPEN", "CLOSED"]),
            is_year_round=True,
            opens_on=None,
            open_until=None,
            surface="DRY",
        )

    def _guide(self, number: int) -> Guide:
        most = len(self._regions)
        homes = self._dice.sample(self._regions, most if self._has_many_candidates else self._dice.randint(1, most))
        led = self._dice.randint(3, 4) if self._has_many_candidates else self._dice.randint(1, 3)
        is_active = self._some(0.93)
        return Guide(
            id=self._id(),
            name=f"Guide {number}",
            region_ids=tuple(str(region.id) for region in homes),
            certifications=frozenset(self._dice.sample(CERTIFICATES, self._dice.randint(1, 3))),
            activities=frozenset(self._dice.sample(ACTIVITIES, led)),
            is_active=is_active,
            status="ACTIVE" if is_active else "ON_LEAVE",
            max_group_size=self._dice.choice([4, 6, 8, 10, 14]),
            years_experience=self._dice.choice([None, 1, 4, 12]),
            average_rating=self._dice.choice([None, 3.5, 4.8]),
            languages=frozenset(self._dice.sample(LANGUAGES, 2)),
        )

    def _departure(self) -> tuple[UUID, Departure]:
        trip = self._dice.choice(self._trips)
        region = next(region for region in self._regions if region.id == trip.region_id)
        starts_at = datetime.combine(DAY, time(self._dice.randint(5, 16)), region.timezone)
        guests = self._dice.randint(0, 12)
        departure = Departure(
            trip_id=trip.id,
            trip_name=trip.name,
            activity_type=trip.activity_type,
            region_id=region.id,
            trail_id=self._dice.choice([None, *(trail.id for trail in self._trails if trail.region_id == region.id)]),
            location_id=self._camps[region.id].id,
            starts_at=starts_at,
            ends_at=starts_at + trip.duration,
            participants=guests,
            capacity=14,
            language=self._dice.choice([None, None, *LANGUAGES]),
        )
        if self._some(0.4):
            departure.team = [self._member(n) for n in range(self._dice.choice([1, 1, 2]))]
        return self._id(), departure

    def _member(self, position: int) -> TeamMember:
        guide = self._dice.choice(self._guides)
        return TeamMember(
            guide_id=guide.id,
            guide_name=guide.name,
            role=Role.ASSISTANT if position else Role.LEAD,
            assignment_status=AssignmentStatus.CONFIRMED,
            score=0.5,
            pinned=self._some(0.1),
        )

    def _split(self) -> tuple[dict[UUID, Departure], dict[UUID, Departure]]:
        """Return the departures to be planned, and those that stay as they are."""
        fixed = {key for key in self._departures if self._some(0.1)}
        departures = {key: d for key, d in sorted(self._departures.items()) if key not in fixed}
        return departures, {key: d for key, d in sorted(self._departures.items()) if key in fixed}

    def _commitments(self, fixed: Mapping[UUID, Departure]) -> Iterator[tuple[UUID, tuple[Commitment, ...]]]:
        for guide in self._guides:
            held = [Commitment(guide.id, key, DAY, d.span) for key, d in fixed.items() if guide.id in d.guide_ids]
            if self._some(0.15):
                day = self._dice.choice([DAYS[0], DAYS[2]])
                begins = datetime.combine(day, time(self._dice.randint(0, 22)), UTC)
                held.append(Commitment(guide.id, self._id(), day, Span(begins, begins + timedelta(hours=9))))
            if held:
                yield guide.id, tuple(held)

    def _entries(self) -> Iterator[tuple[UUID, GuideAdjustments]]:
        for guide in self._guides:
            if self._some(0.2):
                yield guide.id, GuideAdjustments(**self._dice.choice(self._kinds_of_entries()))

    def _kinds_of_entries(self) -> list[dict[str, Any]]:
        away = AvailabilityException.model_validate({"from": str(DAY), "to": str(DAYS[2]), "reason": "training"})
        limits = [
            {"kind": "MAX_ALTITUDE_M", "value": 400},
            {"kind": "NO_ACTIVITY", "value": "hiking"},
            {"kind": "MAX_DIFFICULTY", "value": "MODERATE"},
            {"kind": "MAX_GROUP_SIZE", "value": 5},
            {"kind": "NO_GUIDING", "until": str(DAYS[0])},
            {"kind": "OF_ANOTHER_RELEASE"},
        ]
        return [
            {"availability_exceptions": [away]},
            {"restrictions": [self._dice.choice(limits)]},
            {"guide_notes": "prefers mornings"},
            {"max_group_size": 6},
            {"guide_preferences": {"activities": ["HIKING"], "avoid_activities": ["RAFTING"]}},
        ]

    def _on_another_date(self, departure: Departure) -> Departure:
        """A party that came the day before and is still at the base camp."""
        moved = departure.model_copy(deep=True)
        moved.starts_at, moved.ends_at = (
            departure.starts_at - timedelta(days=1),
            departure.starts_at + timedelta(hours=3),
        )
        return moved

    def _facts(self) -> Facts:
        guides = {guide.id: guide for guide in self._guides}
        held = self._dice.sample(sorted(guides), min(2, len(guides)))
        noon = datetime.combine(DAY, time(12), UTC)
        hazard = HazardFact(self._id(), "search", Span(noon, noon + timedelta(hours=6)), guide_ids=frozenset(held))
        return Facts(
            snapshot=Snapshot(
                taken_at=TAKEN_AT,
                days=DAYS,
                regions={region.id: region for region in self._regions},
                trips={trip.id: trip for trip in self._trips},
                guides=guides,
                available={day: frozenset(key for key in sorted(guides) if self._some(0.9)) for day in DAYS},
                certificates={guide.id: self._certificates(guide) for guide in self._guides if self._some(0.95)},
                trails={trail.id: trail for trail in self._trails},
                locations=self._camps,
            ),
            hazards=(hazard,),
            led={key: {self._dice.choice(self._trips).id: self._dice.randint(1, 6)} for key in sorted(guides)},
            recent_hours={key: float(self._dice.randint(0, 60)) for key in sorted(guides)},
        )

    def _certificates(self, guide: Guide) -> tuple[Certificate, ...]:
        return tuple(
            Certificate(name, self._some(0.95), self._dice.choice([None, DAY, DAYS[0], DAYS[-1]]))
            for name in sorted(guide.certifications)
        )


def seeded_day(seed: int) -> DayInputs:
    """Return the inputs of planning the day of a seed."""
    return SeededDay(seed).inputs()
