"""Planned dates as one page to look at, for those who have no console."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from optimization.batch.outcomes import DateOutcome, all_planned, totals_of
from optimization.solver.picture.page import plan_page
from optimization.solver.picture.values import (
    Level,
    PicturedDay,
    PicturedDeparture,
    PicturedGuide,
    Timeline,
    levels_of,
)
from optimization.solver.solution import Objectives
from scheduling.domain.document import Departure
from scheduling.domain.facts import Region

NOTE = "Times are local to each region. A plan changes: this is the one of the moment when the page was written."


def page_of_dates(outcomes: Mapping[date, Sequence[DateOutcome]], regions: Iterable[Region]) -> str:
    """Return the page of the plans of dates: a timeline a region, gaps with reasons, objectives, totals."""
    by_name = sorted(regions, key=lambda region: region.name)
    days = [_day(day, of_day, by_name) for day, of_day in outcomes.items()]
    dates = [f"{day:%a} {day.day} {day:%b %Y}" for day in outcomes]
    span = f"{dates[0]} to {dates[-1]}" if len(dates) > 1 else "".join(dates)
    return plan_page(f"Plan of {span}" if span else "No plan", NOTE, days)


def _day(day: date, outcomes: Sequence[DateOutcome], regions: Sequence[Region]) -> PicturedDay:
    return PicturedDay(
        f"{day:%A} {day.day} {day:%B %Y}",
        tuple(_timelines(day, all_planned(outcomes), regions)),
        _levels(outcomes),
        _totals(outcomes),
        tuple(f"Made by run {o.run_id}, which was already optimizing the same." for o in outcomes if o.is_joined),
    )


def _timelines(day: date, planned: Mapping[UUID, Departure], regions: Sequence[Region]) -> Iterator[Timeline]:
    for region in regions:
        departures = tuple(_pictured(day, d) for _, d in sorted(planned.items()) if d.region_id == region.id)
        if departures:
            yield Timeline(f"{region.name} ({region.timezone.key})", departures)


def _pictured(day: date, departure: Departure) -> PicturedDeparture:
    reason = departure.unassigned_reason
    return PicturedDeparture(
        name=departure.trip_name,
        starts_at=_minute(day, departure.starts_at),
        ends_at=_minute(day, departure.ends_at),
        guests=departure.participants,
        capacity=departure.capacity,
        team=tuple(PicturedGuide(member.guide_name, str(member.guide_id)) for member in departure.team),
        reason=reason.message if reason else "no reason is recorded",
        remark="awaits approval" if departure.team and departure.needs_approval else "",
    )


def _minute(day: date, moment: datetime) -> int:
    """Return the minutes on the clocks of the departure since 00:00 of the date, whatever the clocks did between."""
    return (moment.replace(tzinfo=None) - datetime.combine(day, time())) // timedelta(minutes=1)


def _levels(outcomes: Sequence[DateOutcome]) -> tuple[Level, ...]:
    """Return the objectives of the date: its regions are planned independently, so that theirs add up."""
    attained = [outcome.objectives for outcome in outcomes if outcome.objectives]
    bounds = [outcome.bounds for outcome in outcomes if outcome.bounds]
    if not outcomes or len(attained) < len(outcomes):
        return ()
    return levels_of(_sum(attained), _sum(bounds) if len(bounds) == len(outcomes) else None)


def _sum(objectives: Sequence[Objectives]) -> Objectives:
    return Objectives(*map(sum, zip(*objectives, strict=True)))


def _totals(outcomes: Sequence[DateOutcome]) -> tuple[tuple[str, str], ...]:
    totals = totals_of(outcomes)
    staffed = totals["departures"] - totals["unstaffed"]
    return (
        ("guests served", f"{totals['guests_served']} of {totals['guests']}"),
        ("departures staffed", f"{staffed} of {totals['departures']}"),
        ("guides reassigned", str(totals["people_moved"])),
        ("score of 100", f"{totals['score']:.1f}"),
        ("plan", totals["proof"]),
    )
