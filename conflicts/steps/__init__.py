"""Steps: the intent of a resolution option, made on the documents of the moment at which it is applied."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Annotated
from uuid import UUID

from pydantic import Field

from conflicts.errors import ResolutionNotApplicable
from conflicts.steps.guests import LeaveOut, MoveGuests, SeatWaiting
from conflicts.steps.making import Documents, Making
from conflicts.steps.plans import Add, Cancel, Follow, Reassign, Reroute, Resize, Retime
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.rules.members import require_approval

Step = Annotated[
    Reassign | Retime | Add | Reroute | Resize | MoveGuests | LeaveOut | SeatWaiting | Cancel | Follow,
    Field(discriminator="kind"),
]
Steps = tuple[Step, ...]

__all__ = [
    "Add",
    "Cancel",
    "Documents",
    "Follow",
    "LeaveOut",
    "Making",
    "MoveGuests",
    "Reassign",
    "Reroute",
    "Resize",
    "Retime",
    "SeatWaiting",
    "Step",
    "Steps",
    "apply_steps",
    "build",
    "days_of_steps",
    "departures_of",
    "guides_joining",
    "only_cancel",
    "seated_in",
]


def days_of_steps(steps: Iterable[Step]) -> list[date]:
    """Return the dates whose documents the steps read or change, in order."""
    return sorted({day for step in steps for day in step.days})


def departures_of(steps: Iterable[Step]) -> frozenset[UUID]:
    """Return the departures that the steps change."""
    return frozenset(key for step in steps for key in step.departure_ids)


def only_cancel(steps: Iterable[Step]) -> bool:
    """Return whether the steps do nothing but cancel departures whose guests go nowhere."""
    return all(isinstance(step, Cancel) and step.rescheduled_to is None for step in steps)


def guides_joining(steps: Iterable[Step]) -> frozenset[UUID]:
    """Return the guides whom the steps put on a team."""
    return frozenset(guide_id for step in steps for guide_id in step.guide_ids)


def seated_in(documents: Documents) -> frozenset[UUID]:
    """Return the reservations that have a place on a departure of these documents."""
    return frozenset(
        key
        for document in documents.values()
        for departure in document.departures.values()
        for key in departure.reservations
    )


def build(steps: Sequence[Step], documents: Documents, making: Making) -> dict[date, ScheduleDocument]:
    """Return changed copies of the documents of the steps' dates.

    Raises ResolutionNotApplicable where a step cannot be made on them, or a date is not among them.
    """
    touched = departures_of(steps)
    missing = [day for day in days_of_steps(steps) if day not in documents]
    if missing:
        raise ResolutionNotApplicable(f"{missing[0]} is too far away.")
    changed = {day: _copy_of(documents[day], touched) for day in days_of_steps(steps)}
    apply_steps(steps, changed, making)
    return changed


def apply_steps(steps: Sequence[Step], documents: Documents, making: Making) -> None:
    """Make the steps in these documents, one after the other, as one change.

    A team that the change concerns awaits approval where a person has to give it, as after a dispatcher's patch. Raises
    ResolutionNotApplicable where a step cannot be made any more; the documents are then changed in part.
    """
    touched = departures_of(steps)
    before = {key: departure.model_copy(deep=True) for _, key, departure in _present(documents, touched)}
    for step in steps:
        step.apply(documents, making)
    for day, key, departure in _present(documents, touched):
        _settle(day, key, before.get(key), departure, making)


def _settle(day: date, key: UUID, before: Departure | None, after: Departure, making: Making) -> None:
    after.starts_at, after.ends_at = _as_stored(after.starts_at), _as_stored(after.ends_at)
    if not after.team:
        return
    after.unassigned_reason = None
    is_elsewhere = before is not None and (before.span, before.trail_id) != (after.span, after.trail_id)
    if is_elsewhere or before is None or before.guide_ids != after.guide_ids:
        demand = making.demand_of(key, after, day)
        require_approval(after.team, demand, making.known, making.entries, of_whole_team=is_elsewhere)


def _as_stored(instant: datetime) -> datetime:
    """Return the instant with its offset in place of its zone, in which Python subtracts what clocks show."""
    return instant.astimezone(timezone(instant.utcoffset() or timedelta()))


def _present(documents: Documents, keys: Iterable[UUID]) -> list[tuple[date, UUID, Departure]]:
    return [
        (day, key, document.departures[key])
        for day, document in documents.items()
        for key in sorted(document.departures.keys() & set(keys))
    ]


def _copy_of(document: ScheduleDocument, touched: Iterable[UUID]) -> ScheduleDocument:
    """Return a copy in which these departures are copies, too: the others are shared, and nobody changes them."""
    own = {key: document.departures[key].model_copy(deep=True) for key in touched if key in document.departures}
    return document.with_departures(own)
