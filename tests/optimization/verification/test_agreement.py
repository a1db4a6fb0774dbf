"""The checker and the shared rules, implemented independently, agree on random daily schedules."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from optimization.days.checker_evidence import engagements_in, holds_of
from optimization.verification.checks import check_departures
from optimization.verification.evidence import Evidence, HardRule
from scheduling.daily_schedules.commitments import by_guide, commitments_in
from scheduling.domain.document import Departure, DepartureStatus, GuideAdjustments, Role, ScheduleDocument
from scheduling.domain.facts import (
    Certificate,
    Closure,
    Difficulty,
    Guide,
    Location,
    Snapshot,
    Span,
    Trail,
    TrailCondition,
)
from scheduling.rules import EntriesByDate, Facts, HazardFact, Rule
from scheduling.rules.departures import Surroundings, _violations
from tests.factories import (
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    RegionFactory,
    TeamMemberFactory,
    TrailFactory,
    TripFactory,
    at,
)

SAME = {
    Rule.NOT_ACTIVE: HardRule.ACTIVE,
    Rule.NOT_AVAILABLE: HardRule.AVAILABLE,
    Rule.GROUP_SIZE: HardRule.COVER,
    Rule.TRAIL_CLOSED: HardRule.TRAIL_OPEN,
}
DAYS = (TOMORROW, TOMORROW + timedelta(days=1))
GUIDES = [UUID(int=100 + n) for n in range(4)]
TRAILS = [UUID(int=200 + n) for n in range(3)]
CAMP = Location(UUID(int=300), REGION_ID, 15)
TRIP = TripFactory(id=UUID(int=400), required_certifications=frozenset({"WILDERNESS_FIRST_RESPONDER"}))
SAFARI = TripFactory(id=UUID(int=401), activity_type="WILDLIFE_SAFARI", required_certifications=frozenset())
RESTRICTIONS: list[Any] = [
    "no idea",
    None,
    {},
    {"kind": ["MAX_ALTITUDE_M"]},
    {"kind": "NO_GUIDING", "until": str(TOMORROW - timedelta(days=1))},
    {"kind": "NO_GUIDING", "until": str(TOMORROW)},
    {"kind": "NO_GUIDING", "until": "soon"},
    {"kind": "NO_ACTIVITY", "value": "trekking"},
    {"kind": "NO_ACTIVITY", "value": 7},
    {"kind": "MAX_ALTITUDE_M", "value": "150"},
    {"kind": "MAX_ALTITUDE_M", "value": "NaN"},
    {"kind": "MAX_DIFFICULTY", "value": "moderate"},
    {"kind": "MAX_DIFFICULTY", "value": "steep"},
    {"kind": "MAX_GROUP_SIZE", "value": 3},
    {"kind": "MAX_GROUP_SIZE", "value": 0},
    {"kind": "MAX_GROUP_SIZE", "value": "few"},
    {"kind": "MAX_GROUP_SIZE"},
]
WINDOWS = [
    {"from": TOMORROW, "to": TOMORROW},
    {"from": DAYS[1], "to": DAYS[1]},
    {"from": at(10), "to": at(11)},
    {"from": at(5), "to": DAYS[0]},
    {"from": TOMORROW - timedelta(days=3), "to": at(7)},
]
SPANS = [Span(at(h), at(h) + timedelta(minutes=m)) for h, m in [(0, 420), (7, 30), (7, 121), (9, 180), (12, 900)]]
CERTIFICATES = [
    Certificate("wilderness first responder", True, None),
    Certificate("Wilderness-EMT", True, TOMORROW),
    Certificate("PARAMEDIC", False, None),
    Certificate("WILDERNESS_FIRST_AID", True, None, issued_on=DAYS[1]),
    Certificate("WILDERNESS_FIRST_AID", True, None),
]


def some(values: list[Any], most: int = 2) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), max_size=most)


def guides() -> st.SearchStrategy[Guide]:
    return st.builds(
        GuideFactory,
        id=st.just(None),
        region_ids=st.sampled_from([("pacific_northwest",), (str(REGION_ID),), ("rocky_mountains",), ()]),
        activities=st.sampled_from([frozenset({"HIKING", "WILDLIFE_SAFARI"}), frozenset({"RAFTING"})]),
        certifications=st.sampled_from([frozenset(), frozenset({"WILDERNESS_FIRST_RESPONDER"})]),
        max_group_size=st.integers(0, 12),
    )


def trails() -> st.SearchStrategy[Trail]:
    return st.builds(
        TrailFactory,
        id=st.just(None),
        status=st.sampled_from(["OPEN", "OPEN", "CLOSED", "SEASONAL_CLOSURE", "PARTIALLY_CLOSED"]),
        surface=st.sampled_from([None, "DRY", "FLOODED"]),
        assessment=st.sampled_from([None, TrailCondition.GOOD, TrailCondition.CLOSED]),
        difficulty=st.sampled_from([None, *Difficulty]),
        elevation_gain_m=st.sampled_from([None, 100.0, 900.0]),
        max_group_size=st.sampled_from([None, 5, 15]),
        is_year_round=st.booleans(),
        opens_on=st.sampled_from([None, TOMORROW - timedelta(days=9), TOMORROW + timedelta(days=9)]),
        open_until=st.sampled_from([None, TOMORROW, TOMORROW - timedelta(days=30)]),
        closures=st.builds(
            lambda ends, severe: (Closure(UUID(int=1), "rockfall", TOMORROW, ends, severe),),
            st.sampled_from([None, *DAYS]),
            st.booleans(),
        ),
    )


@st.composite
def departures(draw: st.DrawFn) -> Departure:
    span, trip = draw(st.sampled_from(SPANS)), draw(st.sampled_from([TRIP, TRIP, SAFARI]))
    members = draw(st.lists(st.sampled_from([*GUIDES, UUID(int=999)]), max_size=4))
    return DepartureFactory(
        trip_id=trip.id,
        activity_type=trip.activity_type,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        trail_id=draw(st.sampled_from([None, *TRAILS])),
        location_id=draw(st.sampled_from([None, CAMP.id])),
        participants=draw(st.integers(0, 20)),
        status=draw(st.sampled_from([DepartureStatus.DRAFT, DepartureStatus.PUBLISHED, DepartureStatus.CANCELLED])),
        team=[TeamMemberFactory(guide_id=member, role=draw(st.sampled_from(Role))) for member in members],
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[ScheduleDocument, Facts]:
    known_guides = {key: _with_id(draw(guides()), key) for key in GUIDES}
    away = draw(st.sets(st.tuples(st.sampled_from(GUIDES), st.sampled_from(DAYS)), max_size=2))
    certificates = draw(st.dictionaries(st.sampled_from(GUIDES), some(CERTIFICATES).map(tuple)))
    snapshot = Snapshot(
        taken_at=at(0),
        days=DAYS,
        regions={REGION_ID: RegionFactory()},
        trips={TRIP.id: TRIP, SAFARI.id: SAFARI},
        guides=known_guides,
        available={day: frozenset(key for key in GUIDES if (key, day) not in away) for day in DAYS},
        certificates=certificates,
        trails={key: _with_id(draw(trails()), key) for key in TRAILS},
        locations={REGION_ID: CAMP},
    )
    entries = st.builds(
        GuideAdjustments,
        restrictions=some(RESTRICTIONS),
        availability_exceptions=some(WINDOWS, 1),
        max_group_size=st.sampled_from([None, 2, 30]),
    )
    document = ScheduleDocument(
        departures={UUID(int=n): draw(departures()) for n in range(1, draw(st.integers(1, 4)) + 1)},
        guide_adjustments=draw(st.dictionaries(st.sampled_from(GUIDES), entries, max_size=2)),
    )
    hazards = st.builds(
        HazardFact,
        st.just(UUID(int=5)),
        st.just("bears"),
        st.sampled_from(SPANS),
        trail_ids=some(TRAILS, 1).map(frozenset),
        guide_ids=some(GUIDES, 1).map(frozenset),
        closes_trails=st.booleans(),
    )
    return document, Facts(snapshot, hazards=tuple(draw(st.lists(hazards, max_size=1))))


def _with_id(fact: Any, key: UUID) -> Any:
    object.__setattr__(fact, "id", key)
    return fact


Verdict = set[tuple[HardRule, UUID | None, UUID | None]]


def by_the_shared_rules(document: ScheduleDocument, facts: Facts) -> Verdict:
    committed = by_guide(commitments_in(document, TOMORROW, document.departures))
    around = Surroundings(EntriesByDate(dict.fromkeys(DAYS, document.guide_adjustments)), committed)
    violations = [found for key in document.departures for found in _violations(document, TOMORROW, key, facts, around)]
    return {
        (SAME.get(broken.rule) or HardRule(broken.rule), broken.departure_id, broken.guide_id) for broken in violations
    }


def by_the_checker(document: ScheduleDocument, facts: Facts) -> Verdict:
    evidence = Evidence(
        TOMORROW,
        facts.snapshot,
        document.departures,
        before=document.departures,
        engagements=engagements_in(document.departures, TOMORROW),
        entered=dict.fromkeys(DAYS, document.guide_adjustments),
        holds=holds_of(facts),
    )
    findings = check_departures(evidence, document.departures)
    overlap = {HardRule.TURNAROUND: HardRule.OVERLAP}
    return {(overlap.get(finding.rule, finding.rule), finding.departure_id, finding.guide_id) for finding in findings}


@given(worlds())
@settings(max_examples=150, deadline=None)
def test_the_checker_and_the_shared_rules_agree(world: tuple[ScheduleDocument, Facts]) -> None:
    assert by_the_checker(*world) == by_the_shared_rules(*world)
