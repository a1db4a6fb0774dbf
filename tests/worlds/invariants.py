"""What holds after each step, whatever happened: read from the tables, shared with no code that is tried."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import combinations
from typing import Any, NamedTuple

from django.db.models import Q

from conflicts.models import ScheduleConflict
from events.models import OutboxMessage
from scheduling.models import DailySchedule, Reservation

Departure = dict[str, Any]


class Stored(NamedTuple):
    """A departure as it is stored in the document of its date."""

    day: str
    key: str
    departure: Departure

    @property
    def span(self) -> tuple[datetime, datetime]:
        return tuple(datetime.fromisoformat(self.departure[name]) for name in ("starts_at", "ends_at"))  # type: ignore[return-value]


def check_world() -> None:
    """Assert all of it."""
    stored = list(_stored())
    _check_identity(stored)
    _check_guides(stored)
    _check_seats(stored)
    _check_notices(stored)


def _stored() -> Iterator[Stored]:
    for day, document in DailySchedule.objects.values_list("schedule_date", "assignments"):
        for key, departure in document["departures"].items():
            yield Stored(str(day), key, departure)


def _check_identity(stored: list[Stored]) -> None:
    days: dict[str, list[str]] = defaultdict(list)
    for found in stored:
        days[found.key].append(found.day)
    twice = {key: dates for key, dates in days.items() if len(dates) > 1}
    assert not twice, f"a departure is on one date: {twice}"


def _check_guides(stored: list[Stored]) -> None:
    """No guide is on two departures at once, across all dates, regions and the unpublished beside the published."""
    by_guide: dict[str, list[Stored]] = defaultdict(list)
    for found in stored:
        if found.departure["status"] != "CANCELLED":
            for member in found.departure["team"]:
                by_guide[member["guide_id"]].append(found)
    for guide, held in by_guide.items():
        for first, second in combinations(held, 2):
            (starts, ends), (others_start, others_end) = first.span, second.span
            assert not (starts < others_end and others_start < ends), f"{guide} is on {first} and {second}"


def _check_seats(stored: list[Stored]) -> None:
    """Participants follow their formula, and every guest has a seat on one departure or is in an open conflict."""
    seats = {}
    for found in stored:
        departure = found.departure
        taken = departure["reservations"]
        assert departure["participants"] == max(departure.get("catalog_participants", 0), sum(taken.values())), found
        for reservation, guests in taken.items():
            assert reservation not in seats, f"reservation {reservation} is seated twice"
            seats[reservation] = (found.key, guests, departure["status"])
    troubles = _known_troubles()
    for row in Reservation.objects.all():
        seat = seats.pop(str(row.pk), None)
        if row.status == "CANCELLED":
            assert seat is None, f"{row} was cancelled and has seats"
        elif seat is None or seat[2] == "CANCELLED":
            is_known = str(row.pk) in troubles or (seat is not None and seat[0] in troubles)
            assert is_known, f"{row} is on {row.departure_id} of {row.trip_date}, has no place and is in no conflict"
        else:
            assert seat[:2] == (str(row.departure_id), row.participant_count), f"{row} is not where the table says"
    assert not seats, f"seats without a reservation: {seats}"


def _known_troubles() -> str:
    """What the conflicts say that are open, or whose risk a person accepted."""
    known = Q(resolved=False) | Q(resolutions__strategy="ACCEPT_RISK")
    return json.dumps(list(ScheduleConflict.objects.filter(known).values_list("details", flat=True)))


def _check_notices(stored: list[Stored]) -> None:
    """All notices to guides together say what `published` says, and nothing else."""
    told_of: dict[tuple[str, str], str] = {}
    notices = OutboxMessage.objects.filter(kind__startswith="guide.").order_by("pk")
    for body in notices.values_list("payload__body", flat=True):
        variables, guide = body["variables"], body["recipient_id"]
        texts = variables["departures"].split("; ")
        for key, text in zip(variables["departure_ids"].split(", "), texts, strict=True):
            if variables["kind"] in {"released", "cancelled"}:
                assert told_of.pop((guide, key), None), f"{guide} was never told of {key}, and now that it is over"
            else:
                told_of[guide, key] = text
    published = {
        (guide, found.key): found.departure["published"]["starts_at"][:16].replace("T", " ")
        for found in stored
        for guide in found.departure.get("published", {}).get("guide_ids", ())
    }
    assert {pair: text[-16:] for pair, text in told_of.items()} == published
