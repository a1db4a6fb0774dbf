"""A planned date for people at a terminal, and for programs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.table import Table

from optimization.batch.outcomes import DateOutcome, all_planned, totals_of
from optimization.candidates.workload import Workload
from optimization.explanations.representation import workload_as_data
from scheduling.domain.document import Departure
from scheduling.domain.facts import Region


def print_day(console: Console, day: date, regions: Iterable[Region], outcomes: Sequence[DateOutcome]) -> None:
    """The schedule as a table by region, the totals, which runs of others it came from, and what explains it."""
    planned = all_planned(outcomes)
    hours = {guide: workload for outcome in outcomes for guide, workload in outcome.workloads.items()}
    for region in sorted(regions, key=lambda one: one.name):
        here = {key: one for key, one in planned.items() if one.region_id == region.id}
        if here:
            console.print(_table(f"{region.name}, {day} ({region.timezone.key})", here, hours))
    console.print(_totals(outcomes))
    for outcome in outcomes:
        if outcome.is_joined:
            console.print(f"Joined run {outcome.run_id}, which was at work on the same already.")
        for line in outcome.explained.lines if outcome.explained else ():
            console.print(line, markup=False, highlight=False)


def _table(title: str, departures: dict[UUID, Departure], hours: Mapping[UUID, Workload]) -> Table:
    table = Table(title=title, title_justify="left", expand=True)
    table.add_column("Departure", ratio=3)
    table.add_column("Time", no_wrap=True)
    table.add_column("Guests", justify="right", no_wrap=True)
    table.add_column("Team, or why there is none", ratio=6)
    table.add_column("Score", justify="right", no_wrap=True)
    table.add_column("Hours vs mean", justify="right", no_wrap=True)
    for _, departure in sorted(departures.items(), key=lambda item: (item[1].starts_at, item[0])):
        table.add_row(
            departure.trip_name,
            f"{departure.starts_at:%H:%M}-{departure.ends_at:%H:%M}",
            f"{departure.participants}/{departure.capacity}",
            _team(departure),
            f"{_score(departure):.2f}" if departure.team else "",
            _above_the_mean(departure, hours),
            style=None if departure.team else "bold red",
        )
    return table


def _team(departure: Departure) -> str:
    if departure.team:
        awaiting = " (awaits approval)" if departure.needs_approval else ""
        return ", ".join(member.guide_name for member in departure.team) + awaiting
    return departure.unassigned_reason.message if departure.unassigned_reason else "nobody"


def _score(departure: Departure) -> float:
    return sum(member.score for member in departure.team) / len(departure.team)


def _above_the_mean(departure: Departure, hours: Mapping[UUID, Workload]) -> str:
    """Of each member the hours of the trailing 14 days less what comparable guides have in them."""
    known = [hours[member.guide_id] for member in departure.team if member.guide_id in hours]
    return ", ".join(f"{workload.above_mean:+.1f}" for workload in known)


def _totals(outcomes: Sequence[DateOutcome]) -> str:
    totals = totals_of(outcomes)
    return (
        f"{totals['guests_served']} of {totals['guests']} guests served, "
        f"{totals['unstaffed']} of {totals['departures']} departures unstaffed, "
        f"{totals['people_moved']} people moved, "
        f"solved in {totals['solve_ms']} ms ({totals['proof']}), score {totals['score']:.1f}"
    )


def day_as_json(day: date, outcomes: Sequence[DateOutcome]) -> dict[str, Any]:
    """A date's plan for programs."""
    departures = {str(key): one.model_dump(mode="json") for key, one in sorted(all_planned(outcomes).items())}
    hours = {
        str(guide): workload_as_data(load) for outcome in outcomes for guide, load in sorted(outcome.workloads.items())
    }
    explained = [outcome.explained.by_departure for outcome in outcomes if outcome.explained]
    told = {"explanations": {key: why for each in explained for key, why in each.items()}} if explained else {}
    return told | {
        "date": day.isoformat(),
        "totals": totals_of(outcomes),
        "runs": [_run(outcome) for outcome in outcomes],
        "departures": departures,
        "fairness": hours,
    }


def _run(outcome: DateOutcome) -> dict[str, Any]:
    return {
        "run_id": str(outcome.run_id),
        "region_ids": sorted(map(str, outcome.region_ids)),
        "score": round(outcome.score, 2),
        "proof": outcome.proof,
        "joined": outcome.is_joined,
    }
