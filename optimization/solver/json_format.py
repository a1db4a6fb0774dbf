"""A day as a JSON file and its plan as JSON, for days that come from elsewhere.

The format is in docs/solver-format.md. Ids are any text; they are ranked, so that ties fall to the smaller id and
the order in the file means nothing.
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
WRONG_FILE: Final = 2

_GUIDES, _DEPARTURES, _LOCATIONS = (kind << 64 for kind in (1, 2, 3))

Id = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]


class _Entry(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class GuideEntry(_Entry):
    """A guide; `capacity` is how many guests they take unless a pair says otherwise."""

    id: Id
    capacity: Count


class DepartureEntry(_Entry):
    """A departure, from `starts_at` to `ends_at` in minutes of one clock."""

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
    """A guide who may go on a departure; who is in no pair with it may not."""

    departure: Id
    guide: Id
    score: Annotated[int, Field(ge=0, le=PERFECT_SCORE)]
    capacity: Count | None = None
    kept: bool = False
    may_lead: bool = True
    price: Count = 0


class LoadEntry(_Entry):
    """People at a location whatever the plan."""

    starts_at: int
    ends_at: int
    people: Count


class LocationEntry(_Entry):
    """A place that holds `capacity` people at a time."""

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


class WrongPlanFile(ValueError):
    """The file does not describe a day; the message has a line for each field that is wrong."""


@dataclass(frozen=True, slots=True)
class NamedProblem:
    """A day, and what its file calls the departures, guides and locations."""

    problem: DayProblem
    names: Mapping[UUID, str]


def read_problem(text: str) -> NamedProblem:
    """The day that a file describes. Raises WrongPlanFile, naming every field that is wrong."""
    try:
        day = DayFile.model_validate_json(text)
    except ValidationError as error:
        lines = [f"{_path(one['loc'])}: {one['msg']}" for one in error.errors(include_url=False)]
        raise WrongPlanFile("\n".join(lines)) from error
    wrong = list(_contradictions(day))
    if wrong:
        raise WrongPlanFile("\n".join(wrong))
    guides = _ranked([guide.id for guide in day.guides], _GUIDES)
    departures = _ranked([departure.id for departure in day.departures], _DEPARTURES)
    locations = _ranked([location.id for location in day.locations], _LOCATIONS)
    names = {key: name for ids in (guides, departures, locations) for name, key in ids.items()}
    return NamedProblem(_problem(day, guides, departures, locations), names)


def written_plan(plan: DayPlan, names: Mapping[UUID, str]) -> str:
    """The plan as JSON, the same text for the same plan: how long it took is not in it."""
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
    """A field as it is written in the documentation: departures[2].guests."""
    path = "".join([f"[{part}]" if isinstance(part, int) else f".{part}" for part in location])
    return path.removeprefix(".") or "the file"


def _ranked(ids: Iterable[str], base: int) -> dict[str, UUID]:
    return {name: UUID(int=base + rank) for rank, name in enumerate(sorted(ids))}


def _contradictions(day: DayFile) -> Iterator[str]:
    yield from _twice("guides", [guide.id for guide in day.guides])
    yield from _twice("departures", [departure.id for departure in day.departures])
    yield from _twice("locations", [location.id for location in day.locations])
    yield from _twice("pairs", [(pair.departure, pair.guide) for pair in day.pairs])
    guides, departures = {guide.id for guide in day.guides}, {departure.id for departure in day.departures}
    for index, pair in enumerate(day.pairs):
        yield from _unknown(f"pairs[{index}].departure", [pair.departure], departures)
        yield from _unknown(f"pairs[{index}].guide", [pair.guide], guides)
    places = {location.id for location in day.locations}
    for index, departure in enumerate(day.departures):
        yield from _unknown(f"departures[{index}].location", [departure.location or ""], places | {""})
        yield from _unknown(f"departures[{index}].pinned", departure.pinned, guides)
        yield from _unknown(f"departures[{index}].required", departure.required, guides)
        if departure.ends_at < departure.starts_at:
            yield f"departures[{index}].ends_at: it ends before it starts"


def _twice(name: str, keys: Sequence[object]) -> Iterator[str]:
    first: dict[object, int] = {}
    for index, key in enumerate(keys):
        if first.setdefault(key, index) != index:
            yield f"{name}[{index}]: the same as {name}[{first[key]}]"


def _unknown(field: str, ids: Iterable[str], known: set[str]) -> Iterator[str]:
    for one in ids:
        if one not in known:
            yield f"{field}: there is no {one!r}"


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
    one: DepartureEntry, guides: Mapping[str, UUID], departures: Mapping[str, UUID], locations: Mapping[str, UUID]
) -> Departure:
    return Departure(
        id=departures[one.id],
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        guests=one.guests,
        priority=one.priority,
        largest_team=one.largest_team,
        location_id=locations[one.location] if one.location else None,
        pinned_guides=frozenset(guides[name] for name in one.pinned),
        required_guides=frozenset(guides[name] for name in one.required),
    )


def _objectives(objectives: Objectives) -> dict[str, Any]:
    return objectives._asdict()
