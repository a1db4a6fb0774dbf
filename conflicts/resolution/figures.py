"""Figures: what a change costs guests and guides, from the departures before and after it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from conflicts.options import CausedConflict, Figures
from conflicts.resolution.changes import Documents
from conflicts.resolution.guest_sentences import departures_in, guests_left_out, seats_in
from scheduling.domain.document import Departure
from scheduling.domain.text import counted

_OF_GUESTS = {"reservations", "participants", "catalog_participants", "moved_guests"}


@dataclass(frozen=True, slots=True)
class Ratings:
    """The score of a plan, 0 to 100, and the fairness of its guides' hours, 0 to 1, before and after a change."""

    score_before: float
    score_after: float
    fairness_before: float
    fairness_after: float


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The departures of some documents before and after a change."""

    before: Mapping[UUID, Departure]
    after: Mapping[UUID, Departure]

    @property
    def changed(self) -> list[UUID]:
        """The departures that differ, those that were added among them."""
        return [key for key, departure in self.after.items() if self._differs(key, departure)]

    def _differs(self, key: UUID, departure: Departure) -> bool:
        present = self.before.get(key)
        # Most departures of a date are the very same objects: comparing those takes far longer than looking.
        return present is not departure and present != departure

    @property
    def replanned(self) -> list[UUID]:
        """The departures of which more changes than who their guests are."""
        known = (key for key in self.changed if key in self.before)
        return [key for key in known if _plan_of(self.before[key]) != _plan_of(self.after[key])]


def figures_of(
    before: Documents, after: Documents, ratings: Ratings | None = None, causes: Collection[CausedConflict] = ()
) -> Figures:
    """Return the figures of a change of these documents."""
    compared = _Comparison(departures_in(before), departures_in(after))
    guides = {guide for guide, *_ in _duties(compared.before) ^ _duties(compared.after)}
    rated: dict[str, Any] = {name: round(getattr(ratings, name), 3) for name in Ratings.__slots__} if ratings else {}
    return Figures(
        **_guests(compared),
        departures_changed=len(compared.changed),
        guides_changed=len(guides),
        causes=tuple(causes),
        **rated,
    )


def impact_text(figures: Figures) -> str:
    """Return the figures as sentences for people."""
    changes = [f"{counted(figures.departures_changed, 'departure')}"] if figures.departures_changed else []
    changes += [counted(figures.guides_changed, "guide")] if figures.guides_changed else []
    is_single = figures.departures_changed + figures.guides_changed == 1
    sentences = [_guests_text(figures)]
    sentences += [f"{' and '.join(changes)} {'changes' if is_single else 'change'}."] if changes else []
    if figures.score_before is not None and figures.score_after is not None:
        sentences.append(f"The plan scores {_compared(figures.score_after, figures.score_before, 1)}.")
    if figures.fairness_before is not None and figures.fairness_after is not None:
        sentences.append(f"The fairness of hours is {_compared(figures.fairness_after, figures.fairness_before, 2)}.")
    sentences += [f"It causes: {caused.description}" for caused in figures.causes]
    return " ".join(sentences)


def _compared(after: float, before: float, digits: int) -> str:
    shown, former = f"{after:.{digits}f}", f"{before:.{digits}f}"
    return f"{shown} as before" if shown == former else f"{shown} instead of {former}"


def _guests_text(figures: Figures) -> str:
    touched, moved, lost = figures.guests_touched, figures.guests_moved, figures.guests_without_place
    if not touched:
        return "No guest is touched."
    if not (moved or lost):
        return f"{_of(touched, touched, 'goes', 'go')} as booked."
    parts = [f"{_of(moved, touched, 'goes', 'go')} at another time, on another trail or departure"] if moved else []
    parts += [f"{_of(lost, touched, 'loses', 'lose')} their place"] if lost else []
    return f"{', '.join(parts)}."


def _of(guests: int, touched: int, verb: str, plural_verb: str) -> str:
    who = f"{guests} of {counted(touched, 'guest')}"
    if guests == touched:
        who = "The guest" if guests == 1 else f"All {guests} guests"
    return f"{who} {verb if guests == 1 else plural_verb}"


def _guests(compared: _Comparison) -> dict[str, Any]:
    before, after, replanned = compared.before, compared.after, compared.replanned
    seats, later = seats_in(before), seats_in(after)
    leaving = {key: seat for key, seat in seats.items() if later.get(key, (None, 0))[0] != seat[0]}
    moved = sum(before[key].participants for key in replanned if _goes_otherwise(before[key], after[key]))
    lost = sum(guests_left_out(before[key], after[key]) for key in replanned)
    touched = sum(before[key].participants for key in replanned)
    hours = sum(before[key].participants * _hours_between(before[key], after[key]) for key in replanned)
    hours += sum(
        guests * _hours_between(before[source], after[later[key][0]])
        for key, (source, guests) in leaving.items()
        if key in later
    )
    return {
        "guest_hours_moved": round(hours, 2),
        "guests_touched": touched
        + _people(seat for seat in leaving.values() if seat[0] not in replanned)
        + _people(seat for key, seat in later.items() if key not in seats),
        "guests_moved": moved + _people(seat for key, seat in leaving.items() if key in later),
        "guests_without_place": lost + _people(seat for key, seat in leaving.items() if key not in later),
    }


def _people(seats: Iterable[tuple[UUID, int]]) -> int:
    return sum(guests for _, guests in seats)


def _plan_of(departure: Departure) -> dict[str, Any]:
    return {name: value for name, value in departure if name not in _OF_GUESTS}


def _goes_otherwise(before: Departure, after: Departure) -> bool:
    return not after.is_cancelled and (before.span, before.trail_id) != (after.span, after.trail_id)


def _hours_between(before: Departure, after: Departure) -> float:
    return 0.0 if after.is_cancelled else abs(after.starts_at - before.starts_at) / timedelta(hours=1)


def _duties(departures: Mapping[UUID, Departure]) -> set[tuple[UUID, UUID, str]]:
    """Return who is on which departure in which role; a cancelled one needs nobody."""
    return {
        (member.guide_id, key, member.role.value)
        for key, departure in departures.items()
        if not departure.is_cancelled
        for member in departure.team
    }
