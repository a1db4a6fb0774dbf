"""Storing of a request's outcome: the team of its best date, its run and its messages, in one transaction."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from novatrek_scheduling.pgpool.rows import store_rows
from optimization.days.written_changes import refuse_broken_write
from optimization.models import OptimizationRun
from optimization.requests.ranking import RankedDate, RankedDates
from optimization.requests.result import result_of
from optimization.runs.analytics import report_of
from optimization.runs.lifecycle import SolveSummary, ended, inputs_of
from scheduling.daily_schedules.authors import Author
from scheduling.daily_schedules.catalog_aliases import announce_to_catalog
from scheduling.daily_schedules.catalog_sync import lower_sold_seats
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.surroundings import entries_over
from scheduling.daily_schedules.touched_guides import Foreseen
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import Departure
from scheduling.domain.facts import Snapshot
from scheduling.publication.judgement import PublicationFacts
from scheduling.publication.notices import announce
from scheduling.publication.services import publish_in
from scheduling.requests.answers import Standing, result_now
from scheduling.requests.claims import (
    RequestClaim,
    complete_request,
)
from scheduling.rules import Facts
from scheduling.rules.inputs import is_adjusted


class ChangedMeanwhile(Exception):
    """The departure, or what its guides entered, changed since the dates were ranked: rank them again."""


def is_too_old_to_publish_on(snapshot: Snapshot) -> bool:
    """Return whether the facts about safety are older than those on which a machine may publish."""
    oldest = timedelta(seconds=settings.SAFETY_FACTS_MAX_AGE_SECONDS)
    read_at = snapshot.safety_read_at
    return settings.AUTO_PUBLISH_REQUESTS and (read_at is None or timezone.now() - read_at > oldest)


def store_ranked(claim: RequestClaim, ranked: RankedDates, run: OptimizationRun, author: Author) -> None:
    """Store the team of the best date, if there is one, with the outcome of the request and the end of its run.

    Raises ChangedMeanwhile, and what `write_daily_schedules` and `complete_request` raise; nothing is stored then.
    """
    best = ranked.best
    days = [best.option.day] if best else []
    publishes = {best.option.departure_id} if best else set()
    began_at = timezone.now()
    planned: Standing | None = None

    def edit(drafts: Mapping[date, Draft]) -> None:
        nonlocal planned
        if best:
            departure = _take_plan(best, ranked, drafts[best.option.day])
            planned = Standing(best.option.departure_id, best.option.day, departure)

    def after_write(changes: Mapping[date, Change]) -> None:
        refuse_broken_write(changes, ranked.facts, began_at, publishes=publishes)
        _complete(claim, ranked, run, changes, planned)

    write_daily_schedules(
        days,
        edit,
        author=author,
        facts=ranked.facts,
        after_write=after_write,
        departures=publishes.union(ranked.sold_seats[best.option.day]) if best else (),
        foreseen=_foreseen(ranked),
    )


def _foreseen(ranked: RankedDates) -> Foreseen:
    """Return what the write of the best date touches: it is written only where it is as it was ranked."""
    if ranked.best is None:
        return Foreseen(frozenset(), frozenset())
    key, planned = ranked.best.option.departure_id, ranked.best.departure
    known = {key: ranked.base[key]} if key in ranked.base else {}
    foreseen = Foreseen.of(known, {key: planned})
    # To publish it changes its status too.
    published = planned.guide_ids if settings.AUTO_PUBLISH_REQUESTS else frozenset[UUID]()
    return replace(foreseen, guides=foreseen.guides | published)


def _take_plan(best: RankedDate, ranked: RankedDates, draft: Draft) -> Departure:
    """Merge the team into the latest departure, publish it where no approval is needed, and return it."""
    key, planned = best.option.departure_id, best.departure
    current = draft.document.departures.get(key)
    if (current or planned).has_started(timezone.now()):
        raise ChangedMeanwhile(f"{planned.trip_name} on {best.option.day} has started")
    if current != ranked.base.get(key) or (current and current.span != planned.span):
        raise ChangedMeanwhile(f"{planned.trip_name} on {best.option.day} has changed")
    entered = entries_over(draft.document, best.option.day, [planned])
    if is_adjusted(planned, ranked.contexts[key].entered, entered):
        raise ChangedMeanwhile(f"a guide of {planned.trip_name} on {best.option.day} entered an adjustment")
    for other, sold in ranked.sold_seats[best.option.day].items():
        departure = draft.document.departures.get(other)
        if departure and departure.may_be_replanned(timezone.now()):
            lower_sold_seats(departure, sold)
    if current is None:
        current = draft.document.departures[key] = planned.model_copy(deep=True)
    else:
        current.take_plan(planned)
    if settings.AUTO_PUBLISH_REQUESTS and not current.needs_approval:
        _publish(key, draft, ranked.facts)
    return draft.document.departures[key]


def _publish(key: UUID, draft: Draft, facts: Facts) -> None:
    if is_too_old_to_publish_on(facts.snapshot):
        raise ChangedMeanwhile("what is known of its safety is too old to publish on")
    publish_in(draft, {key}, timezone.now(), known=PublicationFacts(facts, frozenset({key})))


def _complete(
    claim: RequestClaim,
    ranked: RankedDates,
    run: OptimizationRun,
    changes: Mapping[date, Change],
    planned: Standing | None,
) -> None:
    best = ranked.best
    ended_run = ended(
        run,
        SolveSummary.of_request(ranked.solved),
        score=best.score if best else 0.0,
        inputs=inputs_of(ranked.problem, ranked.facts.snapshot),
        chosen=best.option.day if best else None,
    )
    result = result_of(ranked)
    complete_request(
        claim,
        result=result_now(result, planned.day, planned) if planned else result,
        run_id=run.pk,
        chosen=best.option.day if best else None,
        departure_id=best.option.departure_id if best else None,
    )
    announce(changes)
    if (
        best
        and best.option.is_new
        and any(best.option.departure_id in change.departure_ids for change in changes.values())
    ):
        announce_to_catalog(best.option.departure_id, best.departure, best.option.day)
    report = report_of(run, region_ids=_regions(ranked), score_before=None, unassigned=0 if best else 1)
    store_rows(new=[report], changed=ended_run)


def _regions(ranked: RankedDates) -> frozenset[UUID]:
    return frozenset(ranked_date.departure.region_id for ranked_date in ranked.dates)
