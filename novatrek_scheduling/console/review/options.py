"""The ways out of a conflict as cards, and what the day would be like after one of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from conflicts.choices import Strategy
from conflicts.detection import Cause, DetectedConflict
from conflicts.models import ScheduleConflict
from conflicts.options import Figures, Option, accept_risk, options_in
from conflicts.resolution.dry_run import run_dry
from conflicts.steps import build
from novatrek_scheduling.console.marks import SEVERITIES, Look
from novatrek_scheduling.console.proposals.lanes import Axis, Days, Lanes
from novatrek_scheduling.console.refusals import refusal_text
from novatrek_scheduling.errors import DomainError
from scheduling.admin.formatting import team_words, times_text
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.domain.document import Departure, DepartureStatus
from scheduling.domain.facts import Trail
from scheduling.domain.words import in_words

ICONS = {
    Strategy.REASSIGN_GUIDE: "swap_horiz",
    Strategy.RESCHEDULE_TRIP: "schedule",
    Strategy.ADJUST_CAPACITY: "groups",
    Strategy.CLOSE_TRAIL: "block",
    Strategy.ACCEPT_RISK: "shield",
    Strategy.SPLIT_GROUP: "call_split",
}


@dataclass(frozen=True, slots=True)
class Price:
    """One figure of what an option costs. `is_bad` where somebody loses by it."""

    name: str
    value: str
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """An option, with the number of the key that chooses it."""

    number: int
    option: Option
    is_chosen: bool

    @property
    def id(self) -> UUID:
        return self.option.id

    @property
    def icon(self) -> str:
        return ICONS[self.option.strategy]

    @property
    def accepts_risk(self) -> bool:
        return self.option.strategy is Strategy.ACCEPT_RISK

    @property
    def title(self) -> str:
        return _(self.option.strategy.label)

    @property
    def prices(self) -> list[Price]:
        return list(_prices(self.option.figures))

    @property
    def caused(self) -> list[str]:
        return [f"{capfirst(_(in_words(c.severity)))}: {c.description}" for c in self.option.figures.causes]


@dataclass(frozen=True, slots=True)
class Row:
    """A departure before and after; a field is shown as it is where nothing of it changes."""

    name: str
    day: date
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class GuideDay:
    """The day of a guide before and after, as a picture and as a sentence."""

    name: str
    day: date
    axis: Axis
    lanes: Lanes
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Caused:
    """A conflict that the option would cause. `is_forbidden`: no person can answer for it."""

    look: Look
    description: str
    is_forbidden: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """The day after an option; or `refusal`, why it is not possible any more.

    A person has to confirm what is `caused`. What follows from `cancelling` a departure is part of the option.
    """

    rows: tuple[Row, ...] = ()
    guides: tuple[GuideDay, ...] = ()
    caused: tuple[Caused, ...] = ()
    cancelling: tuple[Caused, ...] = ()
    refusal: str = ""

    @property
    def new_conflicts(self) -> tuple[Caused, ...]:
        return (*self.caused, *self.cancelling)

    @property
    def is_forbidden(self) -> bool:
        return any(caused.is_forbidden for caused in self.caused)


def cards_of(conflict: ScheduleConflict, chosen: UUID | None) -> list[Card]:
    """Return the options as last computed, the best first, and accepting the risk last where anybody may."""
    options = [option for option in options_in(conflict.details) if option.strategy is not Strategy.ACCEPT_RISK]
    if Cause(conflict.details["cause"]).may_be_accepted:
        options.append(accept_risk(conflict.pk, conflict.details))
    return [Card(number, option, option.id == chosen) for number, option in enumerate(options, start=1)]


def is_acceptance(conflict: ScheduleConflict, option_id: UUID) -> bool:
    """Return whether the option is to accept the conflict's risk."""
    return option_id == accept_risk(conflict.pk, conflict.details).id


def preview_of(conflict: ScheduleConflict, option: Option) -> Preview:
    """Return the day after the option, made and judged as resolving would; nothing is written."""
    before = {day: draft.document for day, draft in read_drafts(option.days).items()}
    try:
        dry_run = run_dry(option, conflict)
        after = build(option.steps, before, dry_run.making)
    except DomainError as refused:
        return Preview(refusal=refusal_text(refused))
    rows: list[Row] = []
    guides: list[GuideDay] = []
    for day in option.days:
        days = Days(before[day].departures, after[day].departures)
        touched = [key for key in days.after if days.after[key] != days.before.get(key)]
        rows += [
            _row(day, days.before.get(key), days.after[key], dry_run.making.known.snapshot.trails) for key in touched
        ]
        guides += _guide_days(day, days, touched)
    caused, cancelling = (tuple(map(_caused, found)) for found in (dry_run.caused, dry_run.cancelling))
    return Preview(tuple(rows), tuple(guides), caused, cancelling)


def _prices(figures: Figures) -> Iterator[Price]:
    if figures.guests_without_place:
        yield Price(_("Guests without a place"), str(figures.guests_without_place), is_bad=True)
    yield Price(_("Guests who go otherwise"), str(figures.guests_moved))
    yield Price(_("Departures"), str(figures.departures_changed))
    yield Price(_("People moved"), str(figures.guides_changed))
    if figures.score_before is not None and figures.score_after is not None:
        yield Price(_("Score"), _compared(figures.score_before, figures.score_after, 1))
    if figures.fairness_before is not None and figures.fairness_after is not None:
        yield Price(_("Fairness"), _compared(figures.fairness_before, figures.fairness_after, 2))
    yield Price(_("New conflicts"), str(len(figures.causes)), is_bad=bool(figures.causes))


def _compared(before: float, after: float, digits: int) -> str:
    was, now = f"{before:.{digits}f}", f"{after:.{digits}f}"
    return now if was == now else f"{was} → {now}"


def _row(day: date, before: Departure | None, after: Departure, trails: Mapping[UUID, Trail]) -> Row:
    then = _fields(after, trails)
    was = _fields(before, trails) if before else dict.fromkeys(then, "")
    return Row(after.trip_name, day, tuple((name, was[name], value) for name, value in then.items()))


def _fields(departure: Departure, trails: Mapping[UUID, Trail]) -> dict[str, str]:
    trail = trails.get(departure.trail_id) if departure.trail_id else None
    is_unnamed = departure.trail_id and trail is None
    return {
        _("Time"): _("cancelled") if departure.status is DepartureStatus.CANCELLED else times_text(departure),
        _("Trail"): trail.name if trail else _("not known") if is_unnamed else _("none"),
        _("Team"): team_words(departure.team) or _("nobody"),
        _("Guests"): f"{departure.participants} / {departure.capacity}",
    }


def _guide_days(day: date, days: Days, touched: Iterable[UUID]) -> Iterator[GuideDay]:
    """Yield the days of the guides who are on another departure, at another time or not any more."""
    names: dict[UUID, str] = {}
    for key in touched:
        for departure in (days.before.get(key), days.after.get(key)):
            names |= {member.guide_id: member.guide_name for member in departure.team} if departure else {}
    for guide_id, name in sorted(names.items(), key=lambda item: (item[1], item[0])):
        was, then = _duties(days.before.values(), guide_id), _duties(days.after.values(), guide_id)
        if was != then:
            yield GuideDay(name, day, days.axis, days.lanes_of(guide_id), "; ".join(was), "; ".join(then))


def _duties(departures: Iterable[Departure], guide_id: UUID) -> Sequence[str]:
    own = [d for d in departures if guide_id in d.guide_ids and not d.is_cancelled]
    return [f"{d.trip_name}, {times_text(d)}" for d in sorted(own, key=lambda departure: departure.starts_at)]


def _caused(conflict: DetectedConflict) -> Caused:
    return Caused(SEVERITIES[conflict.severity], conflict.description, conflict.cause.is_never_overridden)
