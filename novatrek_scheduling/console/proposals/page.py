"""What the page of a proposal shows, in the order and in the words in which it does."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from novatrek_scheduling.console.proposals.lanes import Axis, Days, Lanes
from novatrek_scheduling.console.proposals.texts import (
    hours_text,
    moment_text,
    proof_text,
    regions_text,
    scope_text,
    signed_hours_text,
    team_text,
)
from novatrek_scheduling.console.states import DepartureState, states_of
from optimization.models import Proposal
from optimization.proposals.difference import (
    DepartureDifference,
    Difference,
    PartState,
    PersonDifference,
    Totals,
    departures_with,
    departures_without,
)
from optimization.proposals.plans import ProposedDeparture, ProposedPlan
from optimization.proposals.reading import difference_now
from scheduling.admin.formatting import times_text
from scheduling.admin.region_names import region_name
from scheduling.daily_schedules.drafts import read_drafts


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the whole date before and after. `is_better` None: it is the same, or neither better nor worse."""

    name: str
    before: str
    after: str
    is_better: bool | None
    help: str = ""


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


@dataclass(frozen=True, slots=True)
class CurveRow:
    """The best plan that moves at most so many guides; `same_as` is the smaller limit with the same figures, if any."""

    max_changes: int
    guests: int
    departures: int
    moved: str
    gain: str
    is_present: bool
    same_as: int | None


@dataclass(frozen=True, slots=True)
class MadeProposal:
    """What a proposal that is made would change."""

    figures: tuple[Figure, ...]
    departures: tuple[DepartureRow, ...]
    people: tuple[PersonRow, ...]
    axis: Axis
    curve: tuple[CurveRow, ...]
    proof: str
    unknown: tuple[str, ...]
    standbys: tuple[str, ...]
    is_moved_on: bool
    open_count: int


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """A proposal. `made` is absent while it is made and where that failed; `remarks` are said before all else."""

    proposal: Proposal
    day: date
    regions: str
    limit: str
    expires: str
    decided: str
    is_expired: bool
    may_be_decided: bool
    remarks: tuple[str, ...] = ()
    made: MadeProposal | None = None


def read_page(
    proposal: Proposal,
    now: datetime,
    *,
    ticked: Collection[UUID] | None = None,
    refusals: Mapping[UUID, str] | None = None,
) -> ProposalPage:
    """Return the page of a proposal at `now` (aware).

    `ticked` are the departures that are ticked, None: all that may be accepted. `refusals` says why some could not be.
    """
    return ProposalPage(
        proposal=proposal,
        day=proposal.schedule_date,
        regions=regions_text(proposal.region_ids),
        limit=scope_text(proposal),
        expires=moment_text(proposal.expires_at),
        decided=moment_text(proposal.decided_at) if proposal.decided_at else "",
        is_expired=proposal.status == Proposal.Status.READY and proposal.expires_at <= now,
        may_be_decided=proposal.may_be_decided(now),
        remarks=tuple(_remarks(proposal)),
        made=_made(proposal, now, ticked, refusals or {}) if proposal.plan and not proposal.is_being_made else None,
    )


def _remarks(proposal: Proposal) -> Iterator[str]:
    if proposal.rebased_from is not None and not proposal.is_being_made:
        yield _(
            "A departure of it changed after revision %(before)s: the proposal was made anew on revision %(now)s."
        ) % {"before": proposal.rebased_from, "now": proposal.rev}


def _made(
    proposal: Proposal, now: datetime, ticked: Collection[UUID] | None, refusals: Mapping[UUID, str]
) -> MadeProposal:
    day = proposal.schedule_date
    draft = read_drafts([day])[day]
    plan = ProposedPlan.model_validate(proposal.plan)
    difference = difference_now(proposal, now, draft.document)
    stored = {part.id: part.now for part in difference.departures if part.now}
    states = states_of(day, stored, now)
    may_be_decided = proposal.may_be_decided(now)
    days = Days(departures_without(plan, draft.document), departures_with(plan, draft.document))
    return MadeProposal(
        figures=tuple(_figures(difference)),
        departures=tuple(
            _departure_row(part, difference, states.get(part.id), may_be_decided, ticked, refusals)
            for part in sorted(difference.departures, key=_by_region)
        ),
        people=tuple(_person_row(person, difference, days) for person in difference.people),
        axis=days.axis,
        curve=tuple(_curve(proposal)),
        proof=proof_text(plan.proof),
        unknown=plan.unknown,
        standbys=tuple(sorted(plan.standby.values())),
        is_moved_on=bool(difference.in_state(PartState.CHANGED)),
        open_count=len(difference.in_state(PartState.OPEN)) if may_be_decided else 0,
    )


def _by_region(part: DepartureDifference) -> tuple[str, datetime]:
    return region_name(part.proposed.region_id), part.proposed.starts_at


def _figures(difference: Difference) -> Iterator[Figure]:
    before, after = difference.before, difference.after
    yield _figure(_("Guests served"), before, after, "served", _("of %(all)s booked") % {"all": after.guests})
    yield _figure(_("Departures with guides"), before, after, "staffed", _("of %(all)s") % {"all": after.departures})
    yield Figure(_("Guides who move"), "", str(len(difference.people)), None)
    yield Figure(
        _("Score"),
        f"{before.score:.1f}",
        f"{after.score:.1f}",
        _is_better(round(after.score, 1), round(before.score, 1)),
        _("of 100: guests, kept teams, fit"),
    )
    yield Figure(
        _("Fairness"),
        hours_text(before.hours_apart),
        hours_text(after.hours_apart),
        _is_better(round(before.hours_apart, 1), round(after.hours_apart, 1)),
        _("how far guides' hours of 15 days are from their mean"),
    )


def _figure(name: str, before: Totals, after: Totals, what: str, help_text: str) -> Figure:
    old, new = getattr(before, what), getattr(after, what)
    return Figure(name, str(old), str(new), _is_better(new, old), help_text)


def _is_better(left: float, right: float) -> bool | None:
    return None if left == right else left > right


def _departure_row(
    part: DepartureDifference,
    difference: Difference,
    state: DepartureState | None,
    may_be_decided: bool,
    ticked: Collection[UUID] | None,
    refusals: Mapping[UUID, str],
) -> DepartureRow:
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


def _person_row(person: PersonDifference, difference: Difference, days: Days) -> PersonRow:
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


def _curve(proposal: Proposal) -> Iterator[CurveRow]:
    same_as: int | None = None
    before: int | None = None
    for point in proposal.curve:
        gains = point.get("buys", {})
        same_as = None if before is None or any(gains.values()) else before if same_as is None else same_as
        before, gained = point["max_changes"], gains.get("guests_served", 0)
        yield CurveRow(
            max_changes=point["max_changes"],
            guests=point["guests_served"],
            departures=point["departures_staffed"],
            moved=", ".join(point["moved"]) or _("nobody"),
            gain=f"+{gained}" if gained > 0 else "",
            is_present=point["max_changes"] == proposal.max_changes,
            same_as=same_as,
        )
