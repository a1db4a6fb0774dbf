"""All guides, with what they do on the company's day."""

from dataclasses import dataclass
from datetime import datetime

from novatrek_scheduling.console.board.guides import RegionGuides, guides_by_region
from novatrek_scheduling.console.board.hearing import Source, silent_sources
from novatrek_scheduling.console.board.siblings_view import siblings_view
from novatrek_scheduling.console.days import anywhere, company_day
from scheduling.daily_schedules.dated_departures import departures_out
from scheduling.daily_schedules.decision_facts import recent_work
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.daily_schedules.surroundings import entries_of
from scheduling.hazards import hazards_in_force


@dataclass(frozen=True, slots=True)
class GuideList:
    """The guides by region. While svc-guide-management is among the `silent`, only those on duty are known."""

    regions: tuple[RegionGuides, ...]
    silent: tuple[Source, ...]


def read_guides(now: datetime) -> GuideList:
    """Return the guides at `now` (aware), in seven queries however many there are."""
    today = company_day(now)
    snapshot = siblings_view(today, (), ())
    document = read_drafts([today])[today].document
    earlier = [out.departure for out in departures_out(now) if out.schedule_date != today]
    departures = [*document.departures.values(), *earlier]
    regions = guides_by_region(
        today,
        departures,
        snapshot,
        entries_of(document, today),
        recent_work(snapshot.guides.keys(), today),
        snapshot.regions.keys() | {departure.region_id for departure in departures},
        hazards_in_force(anywhere(today)),
    )
    known = tuple(region for region in regions if region.guides)
    return GuideList(known, silent_sources(snapshot))
