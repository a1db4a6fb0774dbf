"""Shortcuts of tests that restore: two guides who may lead one trip, and plans of theirs."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from scheduling.daily_schedules.changes import Change
from scheduling.domain.document import AssignmentStatus, Departure, TeamMember
from scheduling.domain.facts import Guide
from scheduling.history.restore import restore_revision
from scheduling.rules import Facts
from tests.factories import (
    DISPATCHER,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TeamMemberFactory,
    TripFactory,
    facts_of,
    lead,
)
from tests.scheduling.writes import stored

ANA, BEN = GuideFactory(name="Ana Ruiz"), GuideFactory(name="Ben Ito")
TRIP = TripFactory()
FIRST, SECOND = UUID(int=1), UUID(int=2)


def facts(guides: Iterable[Guide] = (ANA, BEN), day: date = TOMORROW) -> Facts:
    return facts_of(guides=guides, trips=[TRIP], days=[day])


def restore(rev: int, day: date = TOMORROW, **how: object) -> Change:
    arguments = {"author": DISPATCHER, "facts": facts(day=day)} | how
    return restore_revision(day, rev, **arguments)  # type: ignore[arg-type]


def departure(*guides: Guide, **fields: object) -> Departure:
    return DepartureFactory(trip_id=TRIP.id, team=[lead(guide) for guide in guides], **fields)


def tentative(guide: Guide) -> TeamMember:
    return TeamMemberFactory(guide_id=guide.id, guide_name=guide.name, assignment_status=AssignmentStatus.TENTATIVE)


def team(key: UUID = FIRST) -> dict[str, str]:
    return {member.guide_name: member.assignment_status.value for member in stored()[key].team}
