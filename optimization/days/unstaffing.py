"""The settings' limit of published departures that a machine may leave without a team, applied to a plan."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.conf import settings

from optimization.verification.evidence import Evidence, Finding
from optimization.verification.published_teams import (
    UnstaffingLimit,
    announced_departures,
    check_published_teams,
    excused_departures,
)
from scheduling.domain.document import Departure

Departures = Mapping[UUID, Departure]


def takes_a_team(before: Departures, after: Departures) -> bool:
    """Return whether any of the departures `after` that people were told of lost the team that it had before.

    Only then may there be a finding: a large date is looked through for one of few departures that differ.
    """
    announced = announced_departures(after)
    return any(
        not departure.team and (earlier := before.get(key)) and earlier.team for key, departure in announced.items()
    )


def teams_taken(before: Departures, after: Departures, evidence: Callable[[], Evidence]) -> list[Finding]:
    """Return a finding where `after` takes more teams of published departures than a machine may.

    `evidence` is gathered only for a plan over the limit: it tells which of the departures are excused.
    """
    limit = UnstaffingLimit(settings.MAX_UNSTAFFED_BY_MACHINE, settings.MAX_UNSTAFFED_SHARE_BY_MACHINE)
    if not any(check_published_teams(before, after, (), limit)):
        return []
    return list(check_published_teams(before, after, excused_departures(evidence()), limit))
