"""Reading a day from JSON and writing its plan as JSON; docs/solver-format.md has the format.

Ids are any text. They are replaced by their rank, so that ties go to the smaller id and the order of entries in the
file has no effect.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from optimization.solver.problem import LARGEST_TEAM, PERFECT_SCORE, DayProblem, Departure, EligiblePair, Load, Location
from optimization.solver.solution import DayPlan, Objectives

FORMAT: Final = 1

_GUIDES, _DEPARTURES, _LOCATIONS = (kind << 64 for kind in (1, 2, 3))

Id = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]


class _Entry(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class GuideEntry(_Entry):
    """A guide; `capacity`, in guests, applies unless a pair has its own."""

    id: Id
    capacity: Count


class DepartureEntry(_Entry):
    """A departure, from `starts_at` to `ends_at` in minutes since any fixed origin."""

    id: Id
    starts_at: int
    ends_at: int
    guests: Count
    priority: Annotated[int, Field(ge=1, le=1_000)] = 1
    largest_team: Annotated[int, Field(ge=1, le=LARGEST_TEAM)] = LARGEST_TEAM
    location: Id | None = None
    pinned: tuple[Id, ...] = ()
    required: tuple[Id, ...] = ()


class PairEntry(_Entry):
    """An eligible pair; a guide without a pair is not eligible for the departure."""

    departure: Id
    guide: Id
    score: Annotated[int, Field(ge=0, le=PERFECT_SCORE)]
    capacity: Count | None = None
    kept: bool = False
    may_lead: bool = True
    price: Count = 0


class LoadEntry(_Entry):
    """People at a location independent of the plan."""

    starts_at: int
    ends_at: int
    people: Count


class LocationEntry(_Entry):
    """A place for at most `capacity` people at a time."""

    id: Id
    capacity: Count
    loads: tuple[LoadEntry, ...] = ()


class DayFile(_Entry):
    """The whole file."""

    format: Literal[1]
    guides: tuple[GuideEntry, ...]
    departures: tuple[DepartureEntry, ...]
    pairs: tuple[PairEntry, ...]
    locations: tuple[LocationEntry, ...] = ()
    max_changes: Count | None = None


class InvalidDayFile(ValueError):
    """The file does not describe a day; the message has a line for each invalid field."""


@dataclass(frozen=True, slots=True)
class NamedProblem:
    """A day, and the ids of its departures, guides and locations in the file, by the ids in the problem."""

    problem: DayProblem
    names: Mapping[UUID, str]


def read_problem(text: str) -> NamedProblem:
    """Return the day described by a JSON text. Raises InvalidDayFile with every invalid field."""
    try:
        day = DayFile.model_validate_json(text)
    except ValidationError as error:
        lines = [f"{_path(failure['loc'])}: {failure['msg']}" for failure in error.errors(include_url=False)]
        raise InvalidDayFile("\n".join(lines)) from error
    inconsistencies = list(_inconsistencies(day))
    if inconsistencies:
        raise InvalidDayFile("\n".join(inconsistencies))
    guides = _ranked([guide.id for guide in day.guides], _GUIDES)
    departures = _ranked([departure.id for departure in day.departures], _DEPARTURES)
    locations = _ranked([location.id for location in day.locations], _LOCATIONS)
    names = {key: name for ids in (guides, departures, locations) for name, key in ids.items()}
    return NamedProblem(_problem(day, guides, departures, locations), names)


def plan_as_json(plan: DayPlan, names: Mapping[UUID, str]) -> str:
    """Return the plan as JSON, equal texts for equal plans: the solution time is left out."""
    content = {
        "format": FORMAT,
        "status": plan.status.value,
        "gap": round(plan.gap, 9),
        "error": plan.error,
        "levels": _objectives(plan.objectives),
        "bounds": _objectives(plan.bounds),
        "teams": [
            {"departure": names[team.departure_id], "guides": [names[guide] for guide in team.guide_ids]}
            for team in plan.teams
        ],
        "unstaffed": [
            {"departure": names[departure], "reason": reason.value} for departure, reason in plan.unstaffed.items()
        ],
        "moved": [names[guide] for guide in plan.moved],
        "model": {"variables": plan.variables, "rows": plan.rows},
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _path(location: Iterable[int | str]) -> str:
    """Return the notation of a field in messages: departures[2].guests."""
    path = "".join([f"[{part}]" if isinstance(part, int) else f".{part}" for part in location])
    return path.removeprefix(".") or "the file"


def _ranked(ids: Iterable[str], base: int) -> dict[str, UUID]:
    return {name: UUID(int=base + rank) for rank, name in enumerate(sorted(ids))}


def _inconsistencies(day: DayFile) -> Iterator[str]:
    yield from _duplicates("guides", [guide.id for guide in day.guides])
    yield from _duplicates("departures", [departure.id for departure in day.departures])
    yield from _duplicates("locations", [location.id for location in day.locations])
    yield from _duplicates("pairs", [(pair.departure, pair.guide) for pair in day.pairs])
    guides, departures = {guide.id for guide in day.guides}, {departure.id for departure in day.departures}
    for index, pair in enumerate(day.pairs):
        yield from _undefined(f"pairs[{index}].departure", [pair.departure], departures)
        yield from _undefined(f"pairs[{index}].guide", [pair.guide], guides)
    locations = {location.id for location in day.locations}
    for index, departure in enumerate(day.departures):
        yield from _undefined(f"departures[{index}].location", [departure.location or ""], locations | {""})
        yield from _undefined(f"departures[{index}].pinned", departure.pinned, guides)
        yield from _undefined(f"departures[{index}].required", departure.required, guides)
        if departure.ends_at < departure.starts_at:
            yield f"departures[{index}].ends_at: the departure ends before it starts"


def _duplicates(name: str, keys: Sequence[object]) -> Iterator[str]:
    first: dict[object, int] = {}
    for index, key in enumerate(keys):
        if first.setdefault(key, index) != index:
            yield f"{name}[{index}]: duplicate of {name}[{first[key]}]"


def _undefined(field: str, names: Iterable[str], defined: set[str]) -> Iterator[str]:
    for name in names:
        if name not in defined:
            yield f"{field}: {name!r} is not defined"


def _problem(
    day: DayFile, guides: Mapping[str, UUID], departures: Mapping[str, UUID], locations: Mapping[str, UUID]
) -> DayProblem:
    capacity_of = {guide.id: guide.capacity for guide in day.guides}
    return DayProblem(
        departures=tuple(_departure(departure, guides, departures, locations) for departure in day.departures),
        pairs=tuple(
            EligiblePair(
                departure_id=departures[pair.departure],
                guide_id=guides[pair.guide],
                capacity=capacity_of[pair.guide] if pair.capacity is None else pair.capacity,
                score=pair.score,
                is_kept=pair.kept,
                may_lead=pair.may_lead,
                price=pair.price,
            )
            for pair in day.pairs
        ),
        locations=tuple(
            Location(
                locations[location.id], location.capacity, tuple(Load(**load.model_dump()) for load in location.loads)
            )
            for location in day.locations
        ),
        max_changes=day.max_changes,
    )


def _departure(
    entry: DepartureEntry, guides: Mapping[str, UUID], departures: Mapping[str, UUID], locations: Mapping[str, UUID]
) -> Departure:
    return Departure(
        id=departures[entry.id],
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        guests=entry.guests,
        priority=entry.priority,
        largest_team=entry.largest_team,
        location_id=locations[entry.location] if entry.location else None,
        pinned_guides=frozenset(guides[name] for name in entry.pinned),
        required_guides=frozenset(guides[name] for name in entry.required),
    )


def _objectives(objectives: Objectives) -> dict[str, Any]:
    return objectives._asdict()
