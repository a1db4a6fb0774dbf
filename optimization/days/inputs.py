"""Loading of a day's inputs, in rounds: each reads what the decisions before it turned out to need."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from optimization.candidates.assessment import PlanningContext
from optimization.days.planned_day import EMPTY_CONTEXT
from scheduling.daily_schedules.catalog_aliases import find_aliases
from scheduling.daily_schedules.catalog_following import DatesInLine
from scheduling.daily_schedules.catalog_sync import departures_on_other_dates, merge_catalog
from scheduling.daily_schedules.commitments import commitments_around
from scheduling.daily_schedules.drafts import Draft, read_drafts
from scheduling.daily_schedules.parts_of_dates import part_to_plan
from scheduling.daily_schedules.surroundings import departures_elsewhere, entries_over, locations_of
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Snapshot, Span
from scheduling.rules import Facts
from scheduling.rules.inputs import days_of
from scheduling.rules.unknown import unknown_about
from scheduling.snapshot.guide_details import with_availability_notes, with_certificates
from scheduling.snapshot.guides import with_availability_on


@dataclass(frozen=True, slots=True)
class DayInputs:
    """The inputs of planning a date, in values; departures are by id.

    `departures` are to be planned, `everything` has all of the date, merged with the catalog: those that do not concern
    them are read once somebody looks at one. `base` has those to be planned as they were stored. `context` has what
    guides entered and their commitments. `unknown` are the departures that stay as they are because a record that they
    rest on could not be read. Guides of `standby` are left free, except where they are pinned.
    """

    day: date
    facts: Facts
    departures: Mapping[UUID, Departure]
    everything: Mapping[UUID, Departure]
    context: PlanningContext
    base: Mapping[UUID, Departure]
    unknown: frozenset[UUID] = field(default_factory=frozenset)
    standby: frozenset[UUID] = field(default_factory=frozenset)


def load_inputs(
    day: date,
    region_ids: Collection[UUID],
    facts: Facts,
    only: Collection[UUID] | None = None,
    *,
    deadline_seconds: float,
    in_line: DatesInLine | None = None,
) -> DayInputs:
    """Read the latest document of `day` and the context of its open departures in these regions.

    `only` limits the departures to plan. `in_line` has the date as it was read a moment ago, if it was. Raises
    SiblingUnavailable where the guides available on a later day of a trip cannot be read within `deadline_seconds`.
    """
    draft = in_line.drafts[day] if in_line else _read(day, region_ids, facts.snapshot)
    stored, document, now = draft.original, draft.document, timezone.now()
    if in_line:
        aliases, dates = in_line.listings.aliases[day], in_line.listings.dates
    else:
        aliases, dates = find_aliases(day, facts.snapshot, document, facts.snapshot.trips_in(region_ids)), None
    elsewhere = departures_on_other_dates({day: aliases}, facts.snapshot, region_ids, known=dates)[day]
    merge_catalog(document, day, facts.snapshot, region_ids=region_ids, aliases=aliases, elsewhere=elsewhere, now=now)
    departures = open_departures(document, region_ids, now, only)
    later = {other for departure in departures.values() for other in days_of(departure)}
    snapshot = with_availability_on(facts.snapshot, later, deadline_seconds=deadline_seconds)
    return DayInputs(
        day=day,
        facts=facts.with_snapshot(snapshot),
        departures=departures,
        everything=document.departures,
        context=_context(document, day, departures, snapshot),
        base={key: stored.departures[key] for key in departures if key in stored.departures},
        unknown=frozenset(key for key in departures if unknown_about(key, departures[key], snapshot)),
    )


def _read(day: date, region_ids: Collection[UUID], snapshot: Snapshot) -> Draft:
    part = part_to_plan(snapshot, region_ids)
    return read_drafts([day], departures=part.departures, candidates=part.candidates)[day]


def without_pins(inputs: DayInputs) -> DayInputs:
    """Return the inputs with no guide of the departures to be planned pinned: a person decided that they may move."""
    return replace(inputs, departures=_unpinned(inputs.departures), base=_unpinned(inputs.base))


def _unpinned(departures: Mapping[UUID, Departure]) -> dict[UUID, Departure]:
    return {
        key: departure.model_copy(
            update={"team": [member.model_copy(update={"pinned": False}) for member in departure.team]}
        )
        for key, departure in departures.items()
    }


def add_certificates(inputs: DayInputs, guide_ids: Collection[UUID], *, deadline_seconds: float) -> DayInputs:
    """Read the second round: certificates, of the guides who pass every other rule."""
    snapshot = with_certificates(inputs.facts.snapshot, guide_ids, deadline_seconds=deadline_seconds)
    return replace(inputs, facts=inputs.facts.with_snapshot(snapshot))


def add_notes(facts: Facts, guide_ids: Collection[UUID], *, deadline_seconds: float) -> Facts:
    """Read the third round: notes, which a person has to judge, of the guides who were chosen."""
    return facts.with_snapshot(with_availability_notes(facts.snapshot, guide_ids, deadline_seconds=deadline_seconds))


def open_departures(
    document: ScheduleDocument, region_ids: Collection[UUID], now: datetime, only: Collection[UUID] | None = None
) -> dict[UUID, Departure]:
    """Return the departures that may still be planned: in these regions, neither cancelled nor started at `now`.

    One that the catalog does not sell any more keeps its team until a person decides.
    """
    return {
        key: departure
        for key, departure in sorted(document.departures_in(region_ids).items())
        if departure.may_be_replanned(now) and not departure.is_off_sale and (only is None or key in only)
    }


def _context(
    document: ScheduleDocument, day: date, departures: Mapping[UUID, Departure], snapshot: Snapshot
) -> PlanningContext:
    if not departures:
        return EMPTY_CONTEXT
    span = Span(
        min(departure.starts_at for departure in departures.values()),
        max(departure.ends_at for departure in departures.values()),
    )
    entered = entries_over(document, day, departures.values())
    return PlanningContext(
        entered,
        commitments_around(span, _guides_of(departures, snapshot)),
        frozenset(departures),
        departures_elsewhere([span], [day], locations_of(departures.values())),
    )


def _guides_of(departures: Mapping[UUID, Departure], snapshot: Snapshot) -> frozenset[UUID]:
    """Return the guides who work in the regions of these departures, and those on their teams."""
    here = snapshot.guides_of({departure.region_id for departure in departures.values()})
    return here.union(*(departure.guide_ids for departure in departures.values()))
