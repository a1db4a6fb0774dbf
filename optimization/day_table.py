"""A planned date for people at a terminal, and for programs."""

from datetime import date
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.table import Table

from optimization.planning import Optimized
from optimization.problem import PlanStatus
from scheduling.document import Departure
from scheduling.facts import Snapshot


def print_day(console: Console, day: date, snapshot: Snapshot, runs: list[Optimized]) -> None:
    """The schedule as a table by region, then the totals."""
    planned = {key: departure for run in runs for key, departure in run.planned.items()}
    for region in sorted(snapshot.regions.values(), key=lambda one: one.name):
        here = {key: one for key, one in planned.items() if one.region_id == region.id}
        if here:
            console.print(_table(f"{region.name}, {day} ({region.timezone.key})", here))
    console.print(_totals(planned, runs))


def _table(title: str, departures: dict[UUID, Departure]) -> Table:
    table = Table(title=title, title_justify="left", expand=True)
    table.add_column("Departure", ratio=3)
    table.add_column("Time", no_wrap=True)
    table.add_column("Guests", justify="right", no_wrap=True)
    table.add_column("Team, or why there is none", ratio=6)
    table.add_column("Score", justify="right", no_wrap=True)
    for _, departure in sorted(departures.items(), key=lambda item: (item[1].starts_at, item[0])):
        table.add_row(
            departure.trip_name,
            f"{departure.starts_at:%H:%M}-{departure.ends_at:%H:%M}",
            f"{departure.participants}/{departure.capacity}",
            _team(departure),
            f"{_score(departure):.2f}" if departure.team else "",
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


def _totals(planned: dict[UUID, Departure], runs: list[Optimized]) -> str:
    totals = totals_of(planned, runs)
    return (
        f"{totals['guests_served']} of {totals['guests']} guests served, "
        f"{totals['unstaffed']} of {totals['departures']} departures unstaffed, "
        f"solved in {totals['solve_ms']} ms ({totals['proof']}), score {totals['score']:.1f}"
    )


def totals_of(planned: dict[UUID, Departure], runs: list[Optimized]) -> dict[str, Any]:
    """Guests, departures and how well the plan is known to be; the score weighs runs by their departures."""
    statuses = {run.first.solved.status for run in runs}
    weight = sum(len(run.planned) for run in runs)
    return {
        "departures": len(planned),
        "unstaffed": sum(not one.team for one in planned.values()),
        "guests": sum(one.participants for one in planned.values()),
        "guests_served": sum(one.participants for one in planned.values() if one.team),
        "solve_ms": round(1000 * sum(run.first.solved.solve_seconds for run in runs)),
        "proof": _proof(statuses),
        "score": sum(run.score * len(run.planned) for run in runs) / weight if weight else 100.0,
    }


def _proof(statuses: set[PlanStatus]) -> str:
    if PlanStatus.GREEDY in statuses:
        return "greedy: the solver gave no plan"
    return "best found, not proven" if PlanStatus.BEST_FOUND in statuses else "proven optimal"


def day_as_json(day: date, runs: list[Optimized]) -> dict[str, Any]:
    planned = {key: departure for run in runs for key, departure in run.planned.items()}
    departures = {str(key): one.model_dump(mode="json") for key, one in sorted(planned.items())}
    runs_told = [{"run_id": str(run.run.pk), "score": round(run.score, 2)} for run in runs]
    return {"date": day.isoformat(), "totals": totals_of(planned, runs), "runs": runs_told, "departures": departures}
