"""`python -m tests.acceptance.hard_rules DATABASE_URL SIBLINGS_URL TOKEN`: every hard rule that a stored plan breaks.

It shares no code with the service: it reads the stored rows and asks the siblings, and judges by itself.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import Any, NamedTuple

import psycopg

from tests.acceptance.sibling_facts import SiblingFacts, squeezed

TURNAROUND, REST = timedelta(minutes=30), timedelta(hours=8)
LARGEST_TEAM = 3
USUAL_GROUP = 8
NO_ADJUSTMENTS: Mapping[str, Any] = {}


class Broken(NamedTuple):
    """A hard rule that a departure breaks."""

    rule: str
    day: date
    departure_id: str
    who: str
    why: str


@dataclass
class Departure:
    """A staffed departure of a stored daily schedule."""

    id: str
    day: date
    stored: Mapping[str, Any]
    starts_at: datetime = field(init=False)
    ends_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.starts_at = datetime.fromisoformat(self.stored["starts_at"])
        self.ends_at = datetime.fromisoformat(self.stored["ends_at"])

    @property
    def guide_ids(self) -> list[str]:
        return [member["guide_id"] for member in self.stored["team"]]

    @property
    def participants(self) -> int:
        return int(self.stored.get("participants", 0))

    def broken(self, rule: str, why: str, who: str = "") -> Broken:
        return Broken(rule, self.day, self.id, who, why)


def find_broken_rules(connection: psycopg.Connection[Any], facts: SiblingFacts) -> list[Broken]:
    """Return every hard rule that the daily schedules `connection` sees break, by the siblings' facts."""
    documents = dict(connection.execute("SELECT schedule_date, assignments FROM scheduling.daily_schedules").fetchall())
    departures = list(_staffed(documents))
    broken_rules = [*_of_guides(departures), *_of_camps(departures, facts)]
    for departure in departures:
        days = facts.days_of(departure.stored["region_id"], departure.starts_at, departure.ends_at)
        judge = _Judge(departure, days, _adjustments(documents, days), facts)
        broken_rules += judge.findings()
    return broken_rules


def _staffed(documents: Mapping[date, Any]) -> Iterator[Departure]:
    for day, document in documents.items():
        for departure_id, stored in document.get("departures", {}).items():
            if stored.get("team") and stored["status"] != "CANCELLED":
                yield Departure(departure_id, day, stored)


def _adjustments(documents: Mapping[date, Any], days: list[date]) -> dict[str, list[Mapping[str, Any]]]:
    by_guide: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for day in days:
        for guide_id, entered in documents.get(day, {}).get("guide_adjustments", {}).items():
            by_guide[guide_id].append(entered)
    return by_guide


def _of_guides(departures: list[Departure]) -> Iterator[Broken]:
    """No guide is in two places at once, and each rests between two dates."""
    of_guide: dict[str, list[Departure]] = defaultdict(list)
    for departure in departures:
        for guide_id in set(departure.guide_ids):
            of_guide[guide_id].append(departure)
    for guide_id, theirs in of_guide.items():
        for earlier, later in combinations(sorted(theirs, key=lambda departure: departure.starts_at), 2):
            pause = later.starts_at - earlier.ends_at
            if pause < TURNAROUND:
                yield later.broken("overlap", f"{pause} after {earlier.id}", guide_id)
            elif pause < REST and earlier.day != later.day:
                yield later.broken("rest", f"{pause} after {earlier.id}", guide_id)


def _of_camps(departures: list[Departure], facts: SiblingFacts) -> Iterator[Broken]:
    at_camp: dict[str, list[Departure]] = defaultdict(list)
    for departure in departures:
        if departure.stored.get("location_id"):
            at_camp[departure.stored["location_id"]].append(departure)
    for location_id, there in at_camp.items():
        most = facts.capacity(location_id)
        for arriving in there:
            load = sum(
                present.participants for present in there if present.starts_at <= arriving.starts_at < present.ends_at
            )
            if load > most:
                yield arriving.broken("camp", f"{load} people at a camp for {most}")


@dataclass
class _Judge:
    """Whether one departure, by itself, breaks a rule."""

    departure: Departure
    days: list[date]
    adjustments: Mapping[str, list[Mapping[str, Any]]]
    facts: SiblingFacts

    def findings(self) -> Iterator[Broken]:
        yield from self._team()
        yield from self._trail()
        for guide_id in self.departure.guide_ids:
            for rule, why in self._guide(guide_id):
                yield self.departure.broken(rule, why, guide_id)

    def _team(self) -> Iterator[Broken]:
        team, guests = self.departure.stored["team"], self.departure.participants
        if len(set(self.departure.guide_ids)) != len(team) or len(team) > LARGEST_TEAM:
            yield self.departure.broken("team size", f"{len(team)} members")
        leads = [member["guide_id"] for member in team if member["role"] == "LEAD"]
        if len(leads) != 1:
            yield self.departure.broken("one lead", f"{len(leads)} leads")
        room = sum(self._group_of(guide_id) for guide_id in set(self.departure.guide_ids))
        if room < guests:
            yield self.departure.broken("team capacity", f"{guests} guests for a team of {room}")

    def _group_of(self, guide_id: str) -> int:
        entered = self.adjustments.get(guide_id, [])
        own = [entry["max_group_size"] for entry in entered if entry.get("max_group_size") is not None]
        size = min(own) if own else (self.facts.guide(guide_id) or {}).get("max_group_size") or USUAL_GROUP
        limits = [
            restriction["value"]
            for restriction in self._restrictions(guide_id)
            if restriction.get("kind") == "MAX_GROUP_SIZE"
        ]
        return int(min([size, *limits]))

    def _trail(self) -> Iterator[Broken]:
        trail_id = self.departure.stored.get("trail_id")
        if trail_id is None:
            return
        for day in self.days:
            if why := self.facts.trail_closed(trail_id, day):
                yield self.departure.broken("trail open", f"{why} on {day}")
        most = self.facts.trail(trail_id).get("max_group_size")
        if most is not None and self.departure.participants > most:
            yield self.departure.broken("trail group size", f"{self.departure.participants} on a trail for {most}")

    def _guide(self, guide_id: str) -> Iterator[tuple[str, str]]:
        guide = self.facts.guide(guide_id)
        if guide is None:
            yield "status", "unknown guide"
            return
        if guide["status"] != "ACTIVE":
            yield "status", guide["status"]
        if not self.facts.works_in(guide, self.departure.stored["region_id"]):
            yield "region", f"works in {guide['region_ids']}"
        if not self.facts.leads(guide, self.departure.stored["activity_type"]):
            yield "activity", f"leads {guide['activity_specialties']}"
        if lacking := self.facts.lacking(guide_id, self.departure.stored["trip_id"], self.days[-1]):
            yield "certificates", f"lacks {lacking} on {self.days[-1]}"
        yield from self._absences(guide_id)
        for restriction in self._restrictions(guide_id):
            if why := self._forbidden_by(restriction):
                yield "restriction", why

    def _absences(self, guide_id: str) -> Iterator[tuple[str, str]]:
        for day in self.days:
            if self.facts.is_away(guide_id, day):
                yield "available", f"away on {day}"
        for entered in self.adjustments.get(guide_id, []):
            for window in entered.get("availability_exceptions", []):
                zone = self.facts.zone(self.departure.stored["region_id"])
                starts, ends = _instant(window["from"], zone), _instant(window["to"], zone, is_end=True)
                if starts < self.departure.ends_at and self.departure.starts_at < ends:
                    yield "availability exception", f"{window}"

    def _restrictions(self, guide_id: str) -> list[Any]:
        listed = [
            restriction for entry in self.adjustments.get(guide_id, []) for restriction in entry.get("restrictions", [])
        ]
        return [
            restriction if isinstance(restriction, dict) else {"kind": "unreadable"}
            for restriction in listed
            if self._holds(restriction)
        ]

    def _holds(self, restriction: Any) -> bool:
        until = restriction.get("until") if isinstance(restriction, dict) else None
        return until is None or date.fromisoformat(until) >= self.departure.day

    def _forbidden_by(self, restriction: Mapping[str, Any]) -> str | None:
        kind, value = restriction.get("kind"), restriction.get("value")
        trail_id = self.departure.stored.get("trail_id")
        trail = self.facts.trail(trail_id) if trail_id else {}
        if kind == "MAX_ALTITUDE_M":
            climb = trail.get("elevation_gain_m")
            return None if climb is not None and climb <= value else f"{restriction}: climbs {climb}"
        if kind == "NO_ACTIVITY":
            same = squeezed(str(value)) == squeezed(self.departure.stored["activity_type"])
            return f"{restriction}" if same else None
        if kind == "MAX_DIFFICULTY":
            hardest = self.facts.difficulty(self.departure.stored["trip_id"], trail)
            return None if hardest <= self.facts.rank(str(value)) else f"{restriction}: {hardest}"
        return None if kind == "MAX_GROUP_SIZE" and int(value or 0) > 0 else f"{restriction}"


def _instant(text: str, zone: Any, *, is_end: bool = False) -> datetime:
    """A moment as it is entered, or the beginning of a day; the end of a day for the last of several."""
    if "T" in text:
        return datetime.fromisoformat(text)
    return datetime.combine(date.fromisoformat(text) + timedelta(days=int(is_end)), time(), zone)


def main() -> None:
    """Print what is broken; exit status 1 where anything is."""
    database_url, siblings_url, token = sys.argv[1:]
    with psycopg.connect(database_url) as connection:
        broken_rules = find_broken_rules(connection, SiblingFacts(siblings_url, token))
    sys.stdout.writelines(f"{broken}\n" for broken in broken_rules)
    sys.exit(1 if broken_rules else 0)


if __name__ == "__main__":
    main()
