"""The independent check of a plan as it is written, on the documents under the write's locks.

Only violations that the write itself introduces count, for facts may have changed since the plan was made, and nothing
but the plan's own fields may differ.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from novatrek_scheduling.pgpool.prepared import array_of, prepared_cursor
from optimization.days.checker_evidence import engagements_in, holds_of
from optimization.days.refusal import refuse
from optimization.days.unstaffing import takes_a_team, teams_taken
from optimization.verification.checks import check_departures, is_new_since
from optimization.verification.evidence import Engagement, Evidence, Finding, dates_of
from optimization.verification.unchanged import forbidden_changes
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.surroundings import departures_elsewhere, entries_around, locations_of
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.rules import Facts

# No rule relates departures further apart than this.
MARGIN = timedelta(days=1)

_ENGAGED = """
    SELECT guide_id, departure_id, schedule_date, starts_at, ends_at FROM scheduling.guide_commitments
    WHERE guide_id = ANY(%s::uuid[]) AND starts_at < %s AND ends_at > %s AND schedule_date <> %s
"""


def refuse_broken_write(
    changes: Mapping[date, Change],
    facts: Facts,
    now: datetime,
    *,
    publishes: Collection[UUID] = (),
    may_unstaff: bool = False,
    may_unpin: bool = False,
) -> None:
    """Raise PlanRefused where the changes newly break a rule or touch what no plan may touch.

    Call it in the transaction of the write, under its locks: raising rolls it back. `publishes` has the departures
    that the writer may publish too. `may_unstaff`: a person accepted that many published departures lose their team,
    `may_unpin` that pinned guides are moved.
    """
    findings: list[Finding] = []
    for day, written in changes.items():
        change = _without_pins(written) if may_unpin else written
        findings += forbidden_changes(change.before, change.after, now, publishes=publishes)
        findings += _newly_broken(day, change, facts)
        findings += () if may_unstaff else _teams_taken(day, change, facts)
    refuse(findings)


def _without_pins(change: Change) -> Change:
    """Return the change as if nobody had been pinned before on the departures that differ."""
    before = change.before.copy_for_editing()
    for key in change.departure_ids & before.departures.keys():
        for member in before.departures[key].team:
            member.pinned = False
    return replace(change, before=before)


def _newly_broken(day: date, change: Change, facts: Facts) -> list[Finding]:
    changed = _changed(change.after, change)
    planned = [departure for departure in changed.values() if departure.team]
    if not planned:
        return []
    evidence_in = _evidence(day, change, facts, planned)
    after = check_departures(evidence_in(change.after), change.departure_ids)
    # Few writes break anything: what was broken before is asked for these alone.
    before = check_departures(evidence_in(change.before), change.departure_ids) if after else []
    return [finding for finding in after if is_new_since(finding, before)]


def _changed(document: ScheduleDocument, change: Change) -> dict[UUID, Departure]:
    departures = ((key, document.departures.get(key)) for key in change.departure_ids)
    return {key: departure for key, departure in departures if departure is not None}


def _teams_taken(day: date, change: Change, facts: Facts) -> list[Finding]:
    """Return a finding where the write takes the teams of more published departures than a machine may."""
    before = change.before.departures
    if not takes_a_team(before, _changed(change.after, change)):
        return []
    after = change.after.departures_published()

    def evidence() -> Evidence:
        return Evidence(
            day=day,
            snapshot=facts.snapshot,
            departures=after,
            entered=entries_around(change.after, day, _dates_of(after.values(), facts)).by_day,
            holds=holds_of(facts),
        )

    return teams_taken(before, after, evidence)


def _evidence(
    day: date, change: Change, facts: Facts, planned: Sequence[Departure]
) -> Callable[[ScheduleDocument], Evidence]:
    """Return the evidence by the document as it was or is: of its departures those that concern the planned ones."""
    span = Span(min(departure.starts_at for departure in planned), max(departure.ends_at for departure in planned))
    guides = {guide for departure in planned for guide in departure.guide_ids}
    elsewhere = departures_elsewhere([span], [day], locations_of(planned))
    stored = _stored_engagements(span, guides, day)
    entered = entries_around(change.after, day, _dates_of(planned, facts)).by_day

    def evidence_in(document: ScheduleDocument) -> Evidence:
        engagements = defaultdict(list, {guide: list(others) for guide, others in stored.items()})
        departures = _departures_around(document, change.departure_ids, guides)
        for guide_id, own in engagements_in(departures, day).items():
            engagements[guide_id] += own
        return Evidence(
            day=day,
            snapshot=facts.snapshot,
            departures=departures,
            before=change.before.departures,
            elsewhere=elsewhere,
            engagements=engagements,
            entered=entered,
            holds=holds_of(facts),
        )

    return evidence_in


def _departures_around(
    document: ScheduleDocument, departure_ids: Collection[UUID], guide_ids: Collection[UUID]
) -> dict[UUID, Departure]:
    """Return these departures of the date and all that a rule relates to them, for these guides and their own.

    They share a base camp or a guide. No others are read.
    """
    own = {key: departure for key in departure_ids if (departure := document.departures.get(key))}
    guides = frozenset(guide_ids).union(*(departure.guide_ids for departure in own.values()))
    around = own | document.departures_of(guides)
    for location_id in locations_of(own.values()):
        around |= document.departures_from(location_id)
    return around


def _stored_engagements(span: Span, guides: Collection[UUID], day: date) -> dict[UUID, list[Engagement]]:
    """Return the engagements of the guides on departures of other dates, within MARGIN of the span."""
    engagements: dict[UUID, list[Engagement]] = defaultdict(list)
    with prepared_cursor() as cursor:
        cursor.execute(_ENGAGED, [array_of(guides), span.ends_at + MARGIN, span.starts_at - MARGIN, day])
        for guide_id, *engagement in cursor.fetchall():
            engagements[guide_id].append(Engagement(*engagement))
    return engagements


def _dates_of(departures: Iterable[Departure], facts: Facts) -> set[date]:
    """Return the dates of the departures by the clocks of their regions, as the checker computes them."""
    zones = {region.id: region.timezone for region in facts.snapshot.regions.values()}
    return {
        day
        for departure in departures
        for day in dates_of(departure, zones.get(departure.region_id, departure.starts_at.tzinfo))
    }
