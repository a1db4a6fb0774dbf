"""The answer to a schedule request as it is now: its result, brought up to what became of the departure.

What was answered stays stored as it was; these are pure functions of it and of the departure that serves the request.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from scheduling.domain.document import AssignmentStatus, Departure, DepartureStatus

Result = Mapping[str, Any]
UNAVAILABLE, LIMITED, AVAILABLE = "UNAVAILABLE", "LIMITED", "AVAILABLE"
OF_THE_DEPARTURE = ("departure_id", "starts_at", "ends_at", "region_id", "trail_id")
# What was known of another trail, or another date.
OF_THE_GROUND = ("trail_condition", "weather_outlook")


@dataclass(frozen=True, slots=True)
class Standing:
    """A departure as it stands on `day`; None: it is in no daily schedule any more."""

    departure_id: UUID
    day: date
    departure: Departure | None

    @property
    def is_led(self) -> bool:
        """True where the departure runs and has a team."""
        return self.departure is not None and not self.is_cancelled and bool(self.departure.team)

    @property
    def is_cancelled(self) -> bool:
        return self.departure is None or self.departure.status is DepartureStatus.CANCELLED

    @property
    def rescheduled_to(self) -> UUID | None:
        return self.departure.rescheduled_to if self.departure else None

    def is_over(self, now: datetime) -> bool:
        departure = self.departure
        if departure is None:
            return self.day < now.date()
        return departure.status is DepartureStatus.COMPLETED or departure.ends_at <= now


def departure_fields(departure_id: UUID, departure: Departure) -> dict[str, str]:
    """Return the identity, times and places of a departure as a result names them."""
    fields = {
        "departure_id": str(departure_id),
        "starts_at": departure.starts_at.isoformat(),
        "ends_at": departure.ends_at.isoformat(),
        "region_id": str(departure.region_id),
    }
    return fields | ({"trail_id": str(departure.trail_id)} if departure.trail_id else {})


def assignments_of(departure_id: UUID, departure: Departure, day: date) -> list[dict[str, Any]]:
    """Return the team of a departure as the contract's GuideAssignments."""
    return [
        {
            "guide_id": str(member.guide_id),
            "guide_name": member.guide_name,
            "date": day.isoformat(),
            "assignment_status": member.assignment_status.value,
            "certifications": member.certifications,
            "departure_id": str(departure_id),
            "role": member.role.value,
        }
        for member in departure.team
    ]


def result_now(result: Result, chosen: date, standing: Standing) -> dict[str, Any]:
    """Return `result`, which chose `chosen`, with the departure as it stands. It is the same where nothing changed."""
    departure = standing.departure
    team = assignments_of(standing.departure_id, departure, standing.day) if departure and standing.is_led else []
    before = [a for a in result["guide_assignments"] if a["date"] == chosen.isoformat()]
    days = {chosen.isoformat(), standing.day.isoformat()}
    others = [a for a in result["guide_assignments"] if a["date"] not in days]
    dates = _dates_now(result, chosen, standing, has_other_team=_people(before) != _people(team))
    return {
        **result,
        "recommended_dates": dates,
        "guide_assignments": [*team, *others],
        "optimization_score": dates[0]["score"] if standing.is_led else 0.0,
        "departure": _named_departure(standing),
    }


def is_another_answer(given: Result, now: Result) -> bool:
    """True where a client who was told the one would plan otherwise by the other.

    A departure that sets out or comes home as planned makes no other answer, nor does a guide's new name. Answers from
    before results named their departure are compared by the rest.
    """
    names_departure = "departure" in given
    return _gist(given, names_departure) != _gist(now, names_departure)


def _gist(result: Result, names_departure: bool) -> tuple[Any, ...]:
    departure = result.get("departure", {})
    return (
        {entry["date"]: entry["availability_status"] for entry in result["recommended_dates"]},
        [
            (a["date"], a["guide_id"], a["assignment_status"], a.get("role") if names_departure else None)
            for a in result["guide_assignments"]
        ],
        {name: departure.get(name) for name in (*OF_THE_DEPARTURE, "date")} if names_departure else {},
    )


def _named_departure(standing: Standing) -> dict[str, str]:
    departure = standing.departure
    if departure is None:
        gone = {"departure_id": str(standing.departure_id), "date": standing.day.isoformat()}
        return gone | {"status": DepartureStatus.CANCELLED.value}
    named = {"date": standing.day.isoformat(), "status": departure.status.value}
    return departure_fields(standing.departure_id, departure) | named


def _dates_now(result: Result, chosen: date, standing: Standing, *, has_other_team: bool) -> list[dict[str, Any]]:
    """Return the dates with the one of the departure first, and the chosen one as unavailable if it moved away."""
    entries = {entry["date"]: dict(entry) for entry in result["recommended_dates"]}
    unnamed = {"date": chosen.isoformat(), "score": 0.0, "availability_status": AVAILABLE}
    was_chosen = entries.get(chosen.isoformat(), unnamed)
    if standing.day != chosen:
        entries[chosen.isoformat()] = _unavailable(was_chosen, f"The departure was moved to {standing.day}.")
    entry = entries.pop(standing.day.isoformat(), None) or _moved_entry(was_chosen, standing.day)
    entry = _entry_now(entry, result, standing, has_other_team=has_other_team or standing.day != chosen)
    return [entry, *entries.values()]


def _entry_now(entry: dict[str, Any], result: Result, standing: Standing, *, has_other_team: bool) -> dict[str, Any]:
    departure = standing.departure
    if departure is None or standing.is_cancelled:
        return _unavailable(entry, "The departure was cancelled.")
    named = result.get("departure", {})
    fields = departure_fields(standing.departure_id, departure)
    kept = {name: value for name, value in entry.items() if name not in OF_THE_DEPARTURE}
    if named.get("trail_id", fields.get("trail_id")) != fields.get("trail_id"):
        kept = {name: value for name, value in kept.items() if name not in OF_THE_GROUND}
    if not departure.team:
        reason = departure.unassigned_reason
        return fields | _unavailable(kept, f"Nobody leads the departure{f': {reason.message}' if reason else ''}.")
    was_told = {name: named[name] for name in OF_THE_DEPARTURE if name in named}
    if has_other_team or (was_told and was_told != fields):
        kept["notes"] = _note(departure)
    return fields | kept | {"availability_status": _availability(departure, entry, result)}


def _availability(departure: Departure, entry: Mapping[str, Any], result: Result) -> str:
    """LIMITED while a person has to approve the team, or where it was and not for that."""
    if departure.needs_approval:
        return LIMITED
    pending = AssignmentStatus.PENDING_APPROVAL.value
    was_pending = any(
        a["assignment_status"] == pending for a in result["guide_assignments"] if a["date"] == entry["date"]
    )
    return LIMITED if entry["availability_status"] == LIMITED and not was_pending else AVAILABLE


def _unavailable(entry: Mapping[str, Any], note: str) -> dict[str, Any]:
    return {**entry, "availability_status": UNAVAILABLE, "score": 0.0, "notes": note}


def _moved_entry(entry: Mapping[str, Any], day: date) -> dict[str, Any]:
    without_ground = {name: value for name, value in entry.items() if name not in OF_THE_GROUND}
    return {**without_ground, "date": day.isoformat()}


def _note(departure: Departure) -> str:
    return f"Now at {departure.starts_at:%H:%M}, led by {departure.team[0].guide_name}."


def _people(assignments: Iterable[Mapping[str, Any]]) -> list[str]:
    return [assignment["guide_id"] for assignment in assignments]
