"""A planned date as a table for a terminal, and as JSON values."""

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
    """Print the schedule as a table per region, the totals, joined runs of others, and the explanations."""
    planned = all_planned(outcomes)
    hours = {guide: workload for outcome in outcomes for guide, workload in outcome.workloads.items()}
    for region in sorted(regions, key=lambda region: region.name):
        in_region = {key: departure for key, departure in planned.items() if departure.region_id == region.id}
        if in_region:
            console.print(_table(f"{region.name}, {day} ({region.timezone.key})", in_region, hours))
    console.print(_totals(outcomes))
    for outcome in outcomes:
        if outcome.is_joined:
            console.print(f"Joined run {outcome.run_id}, which was already optimizing the same.")
        for line in outcome.explanation.lines if outcome.explanation else ():
            console.print(line, markup=False, highlight=False)


def _table(title: str, departures: dict[UUID, Departure], hours: Mapping[UUID, Workload]) -> Table:
    table = Table(title=title, title_justify="left", expand=True)
    table.add_column("Departure", ratio=3)
    table.add_column("Time", no_wrap=True)
    table.add_column("Guests", justify="right", no_wrap=True)
    table.add_column("Team, or the reason for none", ratio=6)
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
    """Return each member's hours in the trailing 14 days less the mean of comparable guides."""
    workloads = [hours[member.guide_id] for member in departure.team if member.guide_id in hours]
    return ", ".join(f"{workload.above_mean:+.1f}" for workload in workloads)


def _totals(outcomes: Sequence[DateOutcome]) -> str:
    totals = totals_of(outcomes)
    return (
        f"{totals['guests_served']} of {totals['guests']} guests served, "
        f"{totals['unstaffed']} of {totals['departures']} departures unstaffed, "
        f"{totals['people_moved']} guides reassigned, "
        f"solved in {totals['solve_ms']} ms ({totals['proof']}), score {totals['score']:.1f}"
    )


def day_as_json(day: date, outcomes: Sequence[DateOutcome]) -> dict[str, Any]:
    """Return a date's plan as JSON values."""
    planned = sorted(all_planned(outcomes).items())
    departures = {str(key): departure.model_dump(mode="json") for key, departure in planned}
    hours = {
        str(guide): workload_as_data(workload)
        for outcome in outcomes
        for guide, workload in sorted(outcome.workloads.items())
    }
    explanations = [outcome.explanation.by_departure for outcome in outcomes if outcome.explanation]
    data: dict[str, Any] = {}
    if explanations:
        data["explanations"] = {key: value for by_departure in explanations for key, value in by_departure.items()}
    return data | {
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
