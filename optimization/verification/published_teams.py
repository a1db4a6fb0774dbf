"""The check that no plan empties a date: a machine takes few teams from departures that people were told of.

A sibling on a bad day answers with an empty or wrong list as calmly as with a right one, and a plan made on it keeps
every other rule. What guides entered and hazards in force are this service's own records, and excuse a departure.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from math import floor
from uuid import UUID

from optimization.verification import guides, restrictions
from optimization.verification.evidence import CheckedDeparture, Evidence, Finding, HardRule
from scheduling.domain.document import AssignmentStatus, Departure, DepartureStatus, Role, TeamMember

OWN_RECORDS = (
    guides.for_each_guide(guides.check_availability_exception),
    restrictions.check_restrictions,
    guides.for_each_guide(guides.check_held),
)


@dataclass(frozen=True, slots=True)
class UnstaffingLimit:
    """The limit of published departures of a date without a team: `count` or `share` (0 to 1), whichever is more."""

    count: int
    share: float

    def of(self, announced: int) -> int:
        """Return the limit where people were told of `announced` departures."""
        return max(self.count, floor(self.share * announced))


def check_published_teams(
    before: Mapping[UUID, Departure], after: Mapping[UUID, Departure], excused: Collection[UUID], limit: UnstaffingLimit
) -> Iterator[Finding]:
    """Yield a finding where `after` takes teams and more departures than the limit lack the team that was announced.

    Those that lacked it before count as well: a fault that lasts for several nights must not empty a date by and by.
    """
    announced = announced_departures(after)
    without_team = [key for key, departure in announced.items() if not departure.team and key not in excused]
    taken = [key for key in without_team if key in before and before[key].team]
    most = limit.of(len(announced))
    if taken and len(without_team) > most:
        yield Finding(
            HardRule.PUBLISHED_TEAMS,
            None,
            f"{len(without_team)} of {len(announced)} published departures would be without the team that was "
            f"announced, of which this plan takes {len(taken)}; a machine may leave at most {most}. Check what the "
            "siblings answer; a person may accept the plan on the page of optimization runs, or with manage.py "
            "optimize_schedules --accept-unstaffed",
        )


def announced_departures(departures: Mapping[UUID, Departure]) -> dict[UUID, Departure]:
    """Return the published departures whose guides were told."""
    return {
        key: departure
        for key, departure in departures.items()
        if departure.status is DepartureStatus.PUBLISHED and departure.published and departure.published.guide_ids
    }


def excused_departures(evidence: Evidence) -> frozenset[UUID]:
    """Return the departures of the evidence whose announced guides or trail are ruled out by our own records."""
    return frozenset(
        key for key, departure in announced_departures(evidence.departures).items() if _is_excused(key, evidence)
    )


def _is_excused(key: UUID, evidence: Evidence) -> bool:
    departure = _as_announced(evidence.departures[key])
    if any(
        departure.trail_id in hold.closed_trails
        and hold.starts_at < departure.ends_at
        and departure.starts_at < hold.ends_at
        for hold in evidence.holds
    ):
        return True
    checked = CheckedDeparture(key, departure, evidence)
    return any(True for check in OWN_RECORDS for _ in check(checked))


def _as_announced(departure: Departure) -> Departure:
    announced = departure.published
    if announced is None:
        return departure
    team = [
        TeamMember(guide_id=guide_id, guide_name="", role=Role.LEAD, assignment_status=AssignmentStatus.CONFIRMED)
        for guide_id in announced.guide_ids
    ]
    return departure.model_copy(update={"team": team, "trail_id": announced.trail_id})
