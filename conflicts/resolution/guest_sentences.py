"""Where guests go: which reservations change their departure, get a place or lose it, and how many guests those are."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from uuid import UUID

from conflicts.resolution.names import Names
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.text import counted

Departures = Mapping[UUID, Departure]
Seats = dict[UUID, tuple[UUID, int]]


def departures_in(documents: Mapping[date, ScheduleDocument]) -> dict[UUID, Departure]:
    """Return all departures of these documents."""
    return {key: departure for document in documents.values() for key, departure in document.departures.items()}


def guest_sentences(before: Departures, after: Departures, names: Names) -> Iterator[str]:
    """Yield a sentence for the guests of each departure who go on the same other one, and for those left behind."""
    seats, later = seats_in(before), seats_in(after)
    groups: defaultdict[tuple[UUID | None, UUID | None], dict[UUID, int]] = defaultdict(dict)
    for reservation in sorted(seats.keys() | later.keys()):
        source, guests = seats.get(reservation, (None, 0))
        target, guests_then = later.get(reservation, (None, guests))
        if source != target:
            groups[source, target][reservation] = guests_then
        elif guests != guests_then:
            yield f"A reservation of {counted(guests, 'guest')} is for {guests_then} instead."
    for (source, target), moved in groups.items():
        origin = before[source] if source else None
        yield _sentence(origin, after[target] if target else None, moved, names)
    for key in sorted(before.keys() & after.keys()):
        unseated = guests_left_out(before[key], after[key])
        if unseated:
            yield f"{counted(unseated, 'guest')} of {names.departure(before[key])} {_have(unseated)} no place."


def seats_in(departures: Departures) -> Seats:
    """Return the departure and the guests of each reservation."""
    return {
        reservation: (key, guests)
        for key, departure in departures.items()
        for reservation, guests in departure.reservations.items()
    }


def guests_left_out(before: Departure, after: Departure) -> int:
    """Return how many guests stay on a departure that the change cancels: they go nowhere."""
    return after.participants if after.is_cancelled and not before.is_cancelled else 0


def _sentence(source: Departure | None, target: Departure | None, moved: Mapping[UUID, int], names: Names) -> str:
    guests = sum(moved.values())
    people = counted(guests, "guest")
    are_all = source is not None and moved.keys() == source.reservations.keys()
    which = "" if are_all else f" ({counted(len(moved), 'reservation')})"
    verb = "goes" if guests == 1 else "go"
    if source is None and target is not None:
        return f"{people} who waited{which} {verb} on {names.departure(target)}."
    if target is None and source is not None:
        return f"{people} of {names.departure(source)}{which} {_have(guests)} no place any more."
    if source is None or target is None:
        return ""
    return f"{people} of {names.departure(source)}{which} {verb} on {names.departure(target)} instead."


def _have(guests: int) -> str:
    return "has" if guests == 1 else "have"
