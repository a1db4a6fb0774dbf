"""What a proposal would change, by departure and by person."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from novatrek_scheduling.console.proposals.lanes import Days, Lanes
from novatrek_scheduling.console.proposals.texts import (
    hours_text,
    moment_text,
    signed_hours_text,
    team_text,
)
from novatrek_scheduling.console.states import DepartureState
from optimization.proposals.difference import (
    DepartureDifference,
    Difference,
    PartState,
    PersonDifference,
)
from optimization.proposals.plans import ProposedDeparture
from scheduling.admin.formatting import times_text
from scheduling.admin.region_names import region_name


@dataclass(frozen=True, slots=True)
class DepartureRow:
    """A departure with its team as it is and as proposed. `refusal` is why it could not be accepted just now."""

    id: UUID
    times: str
    name: str
    region: str
    guests: str
    before: str
    after: str
    trail_before: str
    trail_after: str
    remarks: tuple[str, ...]
    refusal: str
    is_new: bool
    is_open: bool
    is_ticked: bool
    state: DepartureState | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A guide with what they would leave and join, and their hours; `lanes` are their day before and after."""

    name: str
    kind: str
    icon: str
    leaves: tuple[str, ...]
    joins: tuple[str, ...]
    hours_before: str
    hours_after: str
    mean_before: str
    mean_after: str
    lanes: Lanes


def by_region(part: DepartureDifference) -> tuple[str, datetime]:
    """The order of departures: by region, then as they begin."""
    return region_name(part.proposed.region_id), part.proposed.starts_at


def departure_row(
    part: DepartureDifference,
    difference: Difference,
    state: DepartureState | None,
    may_be_decided: bool,
    ticked: Collection[UUID] | None,
    refusals: Mapping[UUID, str],
) -> DepartureRow:
    """Return the row of a departure; `ticked` and `refusals` are as `read_page` takes them."""
    proposed, is_open = part.proposed, part.state is PartState.OPEN and may_be_decided
    departure = part.now or proposed.departure()
    before, after = proposed.before, proposed.after
    is_rerouted = before.trail_id != after.trail_id and bool(after.guides)
    return DepartureRow(
        id=part.id,
        times=times_text(departure),
        name=departure.trip_name,
        region=region_name(departure.region_id),
        guests=f"{departure.participants} / {departure.capacity}",
        before=_("Not planned yet") if proposed.is_new else team_text(before),
        after=team_text(after),
        trail_before=(before.trail_name or _("no trail")) if is_rerouted and not proposed.is_new else "",
        trail_after=(after.trail_name or _("no trail")) if is_rerouted else "",
        remarks=tuple(_departure_remarks(part, difference)),
        refusal=refusals.get(part.id, ""),
        is_new=proposed.is_new,
        is_open=is_open,
        is_ticked=is_open and (ticked is None or part.id in ticked),
        state=state,
    )


def _departure_remarks(part: DepartureDifference, difference: Difference) -> Iterator[str]:
    names = {other.id: other.proposed.trip_name for other in difference.departures}
    if part.accepted:
        yield _("Accepted by %(who)s at %(when)s") % {"who": part.accepted.by, "when": moment_text(part.accepted.at)}
    elif part.state is PartState.DONE:
        yield _("Is so already")
    elif part.state is PartState.CHANGED:
        yield _("Changed since the proposal was made")
    elif part.state is PartState.OVER:
        yield _("Has begun, is cancelled or is gone")
    else:
        for tie in part.ties:
            yield _("%(guide)s goes from %(left)s to %(joined)s: both or neither") % {
                "guide": tie.name,
                "left": names[tie.leaves],
                "joined": names[tie.joins],
            }


def person_row(person: PersonDifference, difference: Difference, days: Days) -> PersonRow:
    """Return the row of a guide whose work would change."""
    names = {part.id: part.proposed for part in difference.departures}
    kind, icon = _kind(person)
    return PersonRow(
        name=person.name,
        kind=kind,
        icon=icon,
        leaves=tuple(_short(names[key]) for key in person.leaves),
        joins=tuple(_short(names[key]) for key in person.joins),
        hours_before=hours_text(person.hours_before),
        hours_after=hours_text(person.hours_after),
        mean_before=signed_hours_text(person.above_mean_before),
        mean_after=signed_hours_text(person.above_mean_after),
        lanes=days.lanes_of(person.guide_id),
    )


def _kind(person: PersonDifference) -> tuple[str, str]:
    if person.leaves and person.joins:
        return _("moves"), "swap_horiz"
    return (_("gains work"), "add") if person.joins else (_("loses work"), "remove")


def _short(proposed: ProposedDeparture) -> str:
    return f"{proposed.starts_at:%H:%M} {proposed.trip_name}"
