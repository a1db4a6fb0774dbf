"""The state of a departure, as every page shows it: what is wrong, what is open, and what was decided about it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from conflicts.detection import ConflictType, Severity
from novatrek_scheduling.console.marks import (
    BEING_EDITED,
    CHANGED,
    NEEDS_APPROVAL,
    NOT_PUBLISHED,
    PINNED,
    RISK_ACCEPTED,
    UNKNOWN,
    Look,
    Mark,
    Tone,
)
from novatrek_scheduling.console.open_conflicts import Matters, OpenConflict, matters_about
from novatrek_scheduling.console.state_texts import approval_text, editors_text, pin_text, risk_text, unpublished_text
from novatrek_scheduling.console.unknown import Unknown, unknown_about
from novatrek_scheduling.console.visitors import Visitor
from scheduling.domain.accepted_risks import AcceptedRisk
from scheduling.domain.document import Departure, DepartureStatus
from scheduling.domain.facts import Snapshot
from scheduling.history.pins import Pin, pins_of


class Phase(StrEnum):
    """What is to be said of a departure first: the first that is true of it in this order."""

    CANCELLED = "Cancelled"
    DONE = "Done"
    NEEDS_GUIDE = "Needs guide"
    TRAIL_CLOSED = "Trail closed"
    WEATHER = "Weather"
    CONFLICT = "Conflict"
    NEEDS_APPROVAL = "Needs approval"
    OUT = "Out"
    ON_TRACK = "On track"

    @property
    def look(self) -> Look:
        return _PHASE_LOOKS[self]

    @property
    def is_over(self) -> bool:
        """Whether nothing about the departure needs anybody any more."""
        return self in {Phase.CANCELLED, Phase.DONE}


_PHASE_LOOKS = {
    Phase.CANCELLED: Look("cancel", Tone.QUIET, _("Cancelled")),
    Phase.DONE: Look("check_circle", Tone.QUIET, _("Done")),
    Phase.NEEDS_GUIDE: Look("person_alert", Tone.URGENT, _("Needs guide")),
    Phase.TRAIL_CLOSED: Look("block", Tone.URGENT, _("Trail closed")),
    Phase.WEATHER: Look("thunderstorm", Tone.WARN, _("Weather")),
    Phase.CONFLICT: Look("crisis_alert", Tone.WARN, _("Conflict")),
    Phase.NEEDS_APPROVAL: Look("approval", Tone.WARN, _("Needs approval")),
    Phase.OUT: Look("hiking", Tone.INFO, _("Out")),
    Phase.ON_TRACK: Look("check", Tone.GOOD, _("On track")),
}


NO_PINS: Mapping[UUID, Pin] = {}
NO_EDITORS: Mapping[UUID, Sequence[Visitor]] = {}
PRESSING = frozenset({Severity.HIGH, Severity.CRITICAL})


@dataclass(frozen=True, slots=True)
class DepartureState:
    """`conflicts` are the open ones, the worst first; `risks` those that people have accepted.

    `marks` is all of it in the order in which it is to be read, each with its look.
    """

    phase: Phase
    conflicts: tuple[OpenConflict, ...]
    risks: tuple[AcceptedRisk, ...]
    unknown: tuple[Unknown, ...]
    is_pinned: bool
    needs_approval: bool
    is_unpublished: bool
    marks: tuple[Mark, ...]

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst open conflict."""
        return self.conflicts[0].severity if self.conflicts else None

    @property
    def needs_somebody(self) -> bool:
        """Whether a person has to do something about it now."""
        return not self.phase.is_over and (self.worst in PRESSING or self.phase is Phase.NEEDS_GUIDE)

    @property
    def loudest(self) -> Look:
        """How the first thing to be said of it looks: its worst conflict, or its phase where that is louder."""
        looks = [*(conflict.mark.look for conflict in self.conflicts[:1]), self.phase.look]
        return min(looks, key=lambda look: look.tone.rank)

    @property
    def tone(self) -> Tone:
        """The loudest tone of the phase and its conflicts: how the departure as a whole is to be drawn."""
        tones = [self.phase.look.tone, *(conflict.mark.look.tone for conflict in self.conflicts)]
        return self.phase.look.tone if self.phase.is_over else min(tones, key=lambda tone: tone.rank)


def states_of(
    day: date, departures: Mapping[UUID, Departure], now: datetime, snapshot: Snapshot | None = None
) -> dict[UUID, DepartureState]:
    """Return the state of each departure at `now` (aware), in three queries however many there are.

    With a snapshot of the day, what its silent siblings leave open is part of it.
    """
    return states_by(matters_about(day, departures), day, departures, now, snapshot)


def states_by(
    matters: Matters,
    day: date,
    departures: Mapping[UUID, Departure],
    now: datetime,
    snapshot: Snapshot | None = None,
    editors: Mapping[UUID, Sequence[Visitor]] = NO_EDITORS,
) -> dict[UUID, DepartureState]:
    """Return the states by what was read before, with what the silent siblings of a snapshot leave open.

    `editors` are those who have a departure open and may change it.
    One query, for who pinned guides, and none where nobody is pinned.
    """
    pins = pins_of(departures)
    conflicts = _by_departure((conflict.departure_ids, conflict) for conflict in matters.conflicts)
    risks = _by_departure((risk.departure_ids, risk) for risk in matters.risks)
    return {
        key: state_of(
            departure,
            conflicts.get(key, ()),
            risks.get(key, ()),
            now,
            unknown_about(departure, day, snapshot) if snapshot else (),
            pins.get(key, {}),
            editors.get(key, ()),
        )
        for key, departure in departures.items()
    }


def state_of(
    departure: Departure,
    conflicts: Iterable[OpenConflict],
    risks: Iterable[AcceptedRisk],
    now: datetime,
    unknown: tuple[Unknown, ...] = (),
    pins: Mapping[UUID, Pin] = NO_PINS,
    editors: Sequence[Visitor] = (),
) -> DepartureState:
    """Return the state of a departure at `now` (aware); `conflicts` are the open ones about it, the worst first.

    `pins` says of pinned guides who pinned them.
    """
    found, accepted = tuple(conflicts), tuple(risks)
    phase = _phase(departure, found, now)
    still_unknown = () if phase.is_over else unknown
    return DepartureState(
        phase=phase,
        conflicts=found,
        risks=accepted,
        unknown=still_unknown,
        is_pinned=departure.is_pinned,
        needs_approval=departure.needs_approval,
        is_unpublished=departure.has_unpublished_changes,
        marks=(*_editing(departure, editors), *_marks(departure, found, accepted, still_unknown, pins)),
    )


def _editing(departure: Departure, editors: Sequence[Visitor]) -> Iterator[Mark]:
    if editors:
        yield Mark(BEING_EDITED, editors_text(departure, editors))


def _marks(
    departure: Departure,
    conflicts: Iterable[OpenConflict],
    risks: Iterable[AcceptedRisk],
    unknown: tuple[Unknown, ...],
    pins: Mapping[UUID, Pin],
) -> Iterator[Mark]:
    yield from (conflict.mark for conflict in conflicts)
    if unknown:
        yield Mark(UNKNOWN, "; ".join(f"{open_fact.words} ({open_fact.sibling})" for open_fact in unknown))
    if departure.needs_approval:
        yield Mark(NEEDS_APPROVAL, approval_text(departure))
    yield from (Mark(RISK_ACCEPTED, risk_text(risk, departure)) for risk in risks)
    if departure.is_pinned:
        yield Mark(PINNED, pin_text(departure, pins))
    if departure.has_unpublished_changes:
        yield Mark(CHANGED if departure.published else NOT_PUBLISHED, unpublished_text(departure))


def _phase(departure: Departure, conflicts: tuple[OpenConflict, ...], now: datetime) -> Phase:
    types = {conflict.type for conflict in conflicts}
    is_over = departure.status is DepartureStatus.COMPLETED or departure.ends_at <= now
    phases = (
        (Phase.CANCELLED, departure.is_cancelled),
        (Phase.DONE, is_over),
        (Phase.NEEDS_GUIDE, not departure.team),
        (Phase.TRAIL_CLOSED, ConflictType.TRAIL_CLOSED in types),
        (Phase.WEATHER, ConflictType.WEATHER_ALERT in types),
        (Phase.CONFLICT, any(conflict.severity is not Severity.LOW for conflict in conflicts)),
        (Phase.NEEDS_APPROVAL, departure.needs_approval),
        (Phase.OUT, departure.has_started(now)),
    )
    return next((phase for phase, holds in phases if holds), Phase.ON_TRACK)


def _by_departure(pairs: Iterable[tuple[frozenset[UUID], Any]]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for departure_ids, item in pairs:
        for key in departure_ids:
            found[key].append(item)
    return found
