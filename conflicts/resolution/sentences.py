"""Sentences: everything that a change of departures changes for people, from the documents before and after it.

No strategy writes its own text: what is not named here cannot be changed unnoticed.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from uuid import UUID

from conflicts.resolution.guest_sentences import departures_in, guest_sentences
from conflicts.resolution.names import Names
from conflicts.resolution.team_clauses import team_clauses
from scheduling.domain.document import Departure, DepartureStatus, ScheduleDocument
from scheduling.domain.text import counted
from scheduling.domain.words import in_words

Documents = Mapping[date, ScheduleDocument]
Departures = Mapping[UUID, Departure]
Clauses = Iterator[str]

UNSAID = {
    "location_id": "a region has one base camp: it follows from the region",
    "published": "what people were told so far; publishing changes it, and no option does",
    "catalog": "the listing that the departure is in line with: what follows from it is said",
    "catalog_participants": "the catalog's count of seats sold: the guests are said",
    "moved_guests": "those who leave, as the catalog counts them: where they go is said",
    "participants": "counted from the reservations and the seats sold, which are said where they go",
}
"""The fields of a departure that need no words of their own, and why."""

_STATUS_TEXTS = {
    DepartureStatus.DRAFT: "is a draft again",
    DepartureStatus.PUBLISHED: "is published",
    DepartureStatus.IN_PROGRESS: "is under way",
    DepartureStatus.COMPLETED: "is completed",
    DepartureStatus.CANCELLED: "is cancelled",
}


def describe_change(before: Documents, after: Documents, names: Names) -> str:
    """Return what the change does, a sentence for each departure and each group of guests that it moves."""
    known, changed = departures_in(before), departures_in(after)
    everything = {**known, **changed}
    replacing = {
        departure.rescheduled_to
        for key, departure in changed.items()
        if key in known and _replacement_of(known[key], departure, known, changed)
    }
    sentences = []
    for key in sorted(everything.keys() - replacing, key=lambda key: (everything[key].starts_at, key)):
        sentences += _sentences(known.get(key), changed.get(key), known, changed, names)
    return " ".join([*sentences, *guest_sentences(known, changed, names)])


def _replacement_of(before: Departure, after: Departure, known: Departures, changed: Departures) -> Departure | None:
    """Return the new departure that takes the place of one that the change cancels: one sentence says both."""
    key = after.rescheduled_to
    if key is None or key in known or not after.is_cancelled or before.rescheduled_to == key:
        return None
    new = changed.get(key)
    is_alike = new is not None and (new.trip_name, new.region_id) == (after.trip_name, after.region_id)
    return new if is_alike else None


def _sentences(
    before: Departure | None, after: Departure | None, known: Departures, changed: Departures, names: Names
) -> list[str]:
    if before is None and after is not None:
        return [f"{names.departure(after)} is new: {'; '.join(_clauses_of_new(after, names))}."]
    if before is None or before is after:
        return []
    if after is None:
        return [f"{names.departure(before)} is no longer planned."]
    replacement = _replacement_of(before, after, known, changed)
    if replacement:
        after = after.model_copy(update={"rescheduled_to": before.rescheduled_to})
    clauses = list(_clauses(before, after, {**known, **changed}, names))
    if replacement:
        span, *others = _clauses_of_new(replacement, names)
        clauses += [span.replace("goes ", "is replaced by one on ", 1), *others]
    return [f"{names.departure(before)}: {'; '.join(clauses)}."] if clauses else []


def _clauses_of_new(after: Departure, names: Names) -> Clauses:
    yield f"goes {names.span(after.span, after.region_id)}"
    if after.trail_id:
        yield f"takes {names.trail(after.trail_id)}"
    yield f"has {counted(after.capacity, 'place')}"
    if after.language:
        yield f"is in {after.language}"
    if after.status is not DepartureStatus.DRAFT:
        yield _STATUS_TEXTS[after.status]
    yield from team_clauses((), after.team)
    if not after.team:
        yield "nobody leads it yet"


def _clauses(before: Departure, after: Departure, everything: Departures, names: Names) -> Clauses:
    if after.status is not before.status:
        yield _STATUS_TEXTS[after.status]
    if after.rescheduled_to != before.rescheduled_to:
        yield _replacement_text(after.rescheduled_to, everything, names)
    if after.catalog_change != before.catalog_change:
        yield "is as the catalog lists it" if after.catalog_change is None else "is listed otherwise in the catalog"
    yield from _identity_clauses(before, after, names)
    if after.span != before.span:
        is_now, was = (names.span(departure.span, departure.region_id) for departure in (after, before))
        yield f"goes {is_now}, instead of {was}"
    if after.trail_id != before.trail_id:
        yield f"takes {names.trail(after.trail_id)} instead of {names.trail(before.trail_id)}"
    if after.capacity != before.capacity:
        yield f"has {counted(after.capacity, 'place')} instead of {before.capacity}"
    yield from team_clauses(before.team, after.team)
    if after.unassigned_reason != before.unassigned_reason and not after.is_cancelled:
        yield from _reason_clauses(after)


def _identity_clauses(before: Departure, after: Departure, names: Names) -> Clauses:
    texts: dict[str, Callable[[Departure], str]] = {
        "trip_id": lambda departure: f"the trip {departure.trip_name}",
        "trip_name": lambda departure: f"called {departure.trip_name}",
        "activity_type": lambda departure: f"of the activity {in_words(departure.activity_type)}",
        "region_id": lambda departure: f"in {names.region(departure.region_id)}",
        "language": lambda departure: f"in {departure.language or 'no certain language'}",
    }
    for name, text in texts.items():
        if getattr(before, name) != getattr(after, name):
            yield f"is {text(after)} instead of {text(before)}"


def _replacement_text(key: UUID | None, everything: Departures, names: Names) -> str:
    if key is None:
        return "is replaced by no other departure any more"
    return f"is replaced by {names.departure(everything[key]) if key in everything else 'another departure'}"


def _reason_clauses(after: Departure) -> Clauses:
    if after.unassigned_reason:
        yield f"has no team: {after.unassigned_reason.message}"
    elif not after.team:
        yield "has no team, for no reason that is known"
