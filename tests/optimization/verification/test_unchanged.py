"""The optimizer changes neither started departures nor pinned guides nor fields of other owners."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from optimization.verification.evidence import HardRule
from optimization.verification.unchanged import forbidden_changes
from scheduling.domain.document import Departure, DepartureStatus, GuideAdjustments, ScheduleDocument
from tests.factories import DepartureFactory, GuideFactory, TeamMemberFactory, at, lead

KEY = UUID(int=1)
EARLY = at(6)
ANA = GuideFactory(name="Ana")
RESERVED = {uuid4(): 8}

Edit = Callable[[ScheduleDocument], object]


def document(**fields: object) -> ScheduleDocument:
    departure = DepartureFactory(reservations=RESERVED, **fields)
    return ScheduleDocument(departures={KEY: departure}, guide_adjustments={ANA.id: GuideAdjustments()})


def rules_touched(before: ScheduleDocument, edit: Edit, *, publishes: frozenset[UUID] = frozenset()) -> set[HardRule]:
    after = before.copy_for_editing()
    edit(after)
    return {finding.rule for finding in forbidden_changes(before, after, EARLY, publishes=publishes)}


def setting(**fields: object) -> Edit:
    def edit(after: ScheduleDocument) -> None:
        for name, value in fields.items():
            setattr(after.departures[KEY], name, value)

    return edit


def test_a_team_a_trail_and_the_guests_by_their_formula_are_the_plans() -> None:
    own = setting(team=[lead(ANA)], trail_id=uuid4(), unassigned_reason=None, catalog_participants=9, participants=9)

    assert rules_touched(document(), own) == set()


FOREIGN: dict[str, Edit] = {
    "capacity": setting(capacity=99),
    "start": setting(starts_at=at(10)),
    "end": setting(ends_at=at(13)),
    "location": setting(location_id=uuid4()),
    "publication": setting(status=DepartureStatus.PUBLISHED),
    "reservations": setting(reservations={uuid4(): 8}),
    "guests not by their formula": setting(participants=3),
    "what guides entered": lambda after: after.guide_adjustments.clear(),
    "a departure taken away": lambda after: after.departures.clear(),
    "a new one with guests not by their formula": lambda after: after.departures.update(
        {uuid4(): DepartureFactory(participants=3, catalog_participants=8)}
    ),
    "a new one, published": lambda after: after.departures.update(
        {uuid4(): DepartureFactory(status=DepartureStatus.PUBLISHED)}
    ),
}
STARTED: dict[str, dict[str, object]] = {
    "by the clock": {"starts_at": EARLY - timedelta(hours=1)},
    "by its status": {"status": DepartureStatus.IN_PROGRESS},
    "and cancelled": {"status": DepartureStatus.CANCELLED},
}


@pytest.mark.parametrize("what", FOREIGN)
def test_fields_of_other_owners_are_not(what: str) -> None:
    assert rules_touched(document(), FOREIGN[what]) == {HardRule.OWNERSHIP}


def test_a_request_publishes_its_own_departure_and_no_other() -> None:
    publish = setting(status=DepartureStatus.PUBLISHED)

    assert rules_touched(document(), publish, publishes=frozenset({KEY})) == set()
    assert rules_touched(document(), publish, publishes=frozenset({uuid4()})) == {HardRule.OWNERSHIP}


@pytest.mark.parametrize("how", STARTED)
def test_a_departure_that_has_started_or_is_over_does_not_change(how: str) -> None:
    assert rules_touched(document(**STARTED[how]), setting(team=[lead(ANA)])) == {HardRule.STARTED}


def test_a_pinned_guide_keeps_the_pin() -> None:
    pinned = TeamMemberFactory(guide_id=ANA.id, pinned=True)
    unpinned = pinned.model_copy(update={"pinned": False})
    before = document(team=[pinned])

    assert rules_touched(before, setting(team=[])) == {HardRule.PINNED}
    assert rules_touched(before, setting(team=[unpinned])) == {HardRule.PINNED}
    assert rules_touched(before, setting(team=[pinned, lead(GuideFactory())])) == set()


def test_a_departure_without_a_change_is_not_looked_at() -> None:
    started: Departure = DepartureFactory(starts_at=EARLY - timedelta(hours=1), participants=3)
    before = ScheduleDocument(departures={KEY: started})

    assert rules_touched(before, lambda _: None) == set()
