"""What a machine's write leaves as it is: what started, who is pinned, and every field of somebody else's."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from optimization.verification.evidence import Broken, Finding, HardRule, Judged
from scheduling.domain.document import Departure, DepartureStatus, ScheduleDocument

# What a plan decides, and the count of guests by its formula, from the catalog just read.
OF_THE_PLAN = frozenset({"team", "trail_id", "unassigned_reason", "participants", "catalog_participants"})
OF_A_PUBLISHER = frozenset({"status", "published"})


def pinned(judged: Judged) -> Iterator[Broken]:
    before = judged.evidence.before.get(judged.id)
    yield from _unpinned(before, judged.departure) if before else ()


def _unpinned(before: Departure, after: Departure) -> Iterator[Broken]:
    still = {member.guide_id for member in after.team if member.pinned}
    for member in before.team:
        if member.pinned and member.guide_id not in still:
            yield Broken(f"{member.guide_name} is pinned, and was taken off", member.guide_id)


def touched(
    before: ScheduleDocument, after: ScheduleDocument, now: datetime, *, publishes: Collection[UUID] = ()
) -> Iterator[Finding]:
    """What the change of a document did that no plan may do; `publishes`: whose status is the writer's too."""
    if before.guide_adjustments != after.guide_adjustments or before.model_extra != after.model_extra:
        yield Finding(HardRule.OWNERSHIP, None, "it changes what guides entered, or what is not known here")
    for key in sorted(before.departures.keys() | after.departures.keys()):
        was, planned = before.departures.get(key), after.departures.get(key)
        if was is planned or was == planned:
            continue
        if planned is None:
            yield Finding(HardRule.OWNERSHIP, key, "it takes a departure away")
        elif was is None:
            yield from _as_new(key, planned, may_publish=key in publishes)
        else:
            yield from _between(key, was, planned, now, may_publish=key in publishes)


def _as_new(key: UUID, planned: Departure, *, may_publish: bool) -> Iterator[Finding]:
    if planned.reservations:
        yield Finding(HardRule.OWNERSHIP, key, "it reserves seats")
    if planned.status != DepartureStatus.DRAFT and not may_publish:
        yield Finding(HardRule.OWNERSHIP, key, f"it makes it {planned.status}")


def _between(key: UUID, was: Departure, planned: Departure, now: datetime, *, may_publish: bool) -> Iterator[Finding]:
    if was.starts_at <= now or was.status not in {DepartureStatus.DRAFT, DepartureStatus.PUBLISHED}:
        yield Finding(HardRule.STARTED, key, f"it is {was.status} since {was.starts_at}, and changed")
    for broken in _unpinned(was, planned):
        yield Finding(HardRule.PINNED, key, broken.message, broken.guide_id)
    own = OF_THE_PLAN | OF_A_PUBLISHER if may_publish else OF_THE_PLAN
    foreign = sorted(_fields_changed(was, planned) - own)
    if foreign:
        yield Finding(HardRule.OWNERSHIP, key, f"it changes {', '.join(foreign)}")
    if planned.participants != max(planned.catalog_participants or 0, sum(planned.reservations.values())):
        yield Finding(HardRule.OWNERSHIP, key, f"it counts {planned.participants} guests")


def _fields_changed(was: Departure, planned: Departure) -> set[str]:
    fields: tuple[dict[str, Any], dict[str, Any]] = (dict(was), dict(planned))
    return {name for name in fields[0].keys() | fields[1].keys() if fields[0].get(name) != fields[1].get(name)}
