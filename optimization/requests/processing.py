"""Processing of a schedule request by a worker: claim it, rank its dates, store the outcome in one transaction."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from optimization.days.refusal import PlanRefused
from optimization.days.written_changes import refuse_broken_write
from optimization.models import OptimizationRun, RunDetail
from optimization.requests.inputs import InputsLoader, RequestInputs
from optimization.requests.query import TripQuery
from optimization.requests.ranking import RankedDate, RankedDates
from optimization.requests.recommendation import rank_loaded
from optimization.requests.result import result_of
from optimization.requests.snapshot import take_query_snapshot
from optimization.requests.time_budget import TimeBudget
from optimization.requests.verification import refuse_broken_dates
from optimization.runs.analytics import report_optimization
from optimization.runs.lifecycle import SolveSummary, complete_run, fail_run, inputs_of, start_run
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.catalog_aliases import announce_to_catalog
from scheduling.daily_schedules.catalog_following import follow_catalog
from scheduling.daily_schedules.catalog_sync import lower_sold_seats
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.presence import announce_presence
from scheduling.daily_schedules.surroundings import entries_over
from scheduling.daily_schedules.touched_guides import Foreseen
from scheduling.daily_schedules.writer import TRIES, write_daily_schedules
from scheduling.domain.document import Departure
from scheduling.domain.facts import Snapshot
from scheduling.errors import ContentionNotResolved, DepartureElsewhere, HardRuleViolated
from scheduling.metrics import schedule_write_retries, schedule_writes_exhausted
from scheduling.models import ClaimLost, ScheduleRequest
from scheduling.publication.judgement import PublicationFacts
from scheduling.publication.notices import announce
from scheduling.publication.services import publish_in
from scheduling.requests.answers import Standing, result_now
from scheduling.requests.claims import (
    RequestClaim,
    claim_request,
    complete_request,
    fail_request,
    fail_with_dead_letter,
    postpone_request,
    release_claim,
)
from scheduling.requests.submission import Constraints
from scheduling.rules import Facts
from scheduling.rules.inputs import is_adjusted
from scheduling.siblings.errors import SiblingUnavailable
from scheduling.snapshot import InactiveTrip, UnknownGuide, UnknownTrip, look_up_guides

logger = structlog.get_logger(__name__)


class _ChangedMeanwhile(Exception):
    """The departure, or what its guides entered, changed since the dates were ranked: rank them again."""


def process_request(request_id: UUID) -> None:
    """Bring the request to its outcome, unless another worker holds it. Idempotent."""
    begun = _begin(request_id)
    if begun is None:
        return
    claim, run = begun
    log = logger.bind(request_id=str(request_id))
    try:
        _process(claim, run)
    except ClaimLost:
        log.warning("schedule_request_in_other_hands")
    except ContentionNotResolved as contention:
        release_claim(claim, guide_names=contention.guide_names)
    except SiblingUnavailable as unavailable:
        log.warning("schedule_request_postponed", reason=unavailable.message)
        postpone_request(claim, code=unavailable.code, message=unavailable.message)


@transaction.atomic
def _begin(request_id: UUID) -> tuple[RequestClaim, OptimizationRun] | None:
    """Claim the request and start its run, both or neither; None where there is nothing to claim."""
    claim = claim_request(request_id)
    if claim is None:
        return None
    earliest = claim.request.schedule_date
    return claim, start_run(earliest, subject=RunDetail.Subject.REQUEST, request_id=claim.request.pk)


def query_of(request: ScheduleRequest) -> TripQuery:
    """Return the query of a stored request."""
    stored = request.constraints
    return TripQuery(
        trip_id=UUID(stored["trip_id"]),
        days=tuple(sorted(date.fromisoformat(day) for day in stored["preferred_dates"])),
        constraints=Constraints.read(stored),
    )


def _process(claim: RequestClaim, run: OptimizationRun) -> None:
    try:
        query = query_of(claim.request)
        snapshot = _validated_snapshot(query)
        _rank_and_store(claim, query, snapshot, run)
    except (UnknownTrip, InactiveTrip, UnknownGuide) as impossible:
        fail_run(run, impossible.message)
        fail_request(claim, code=impossible.code, message=impossible.message, run_id=run.pk)
    except PlanRefused as refused:
        fail_run(run, refused.message)
        fail_with_dead_letter(claim, code=refused.code, message=refused.message, run_id=run.pk)
    except Exception as error:
        fail_run(run, f"{type(error).__name__}: {error}")
        raise


def _validated_snapshot(query: TripQuery) -> Snapshot:
    """Return the snapshot once the trip and the named guides exist: submission cannot always check.

    Raises UnknownTrip, InactiveTrip, UnknownGuide and SiblingUnavailable.
    """
    deadline_seconds = settings.SNAPSHOT_DEADLINE_SECONDS["worker"]
    constraints = query.constraints
    for name in ("required_guide_ids", "excluded_guide_ids"):
        if guide_ids := getattr(constraints, name):
            look_up_guides(guide_ids, field=f"constraints.{name}", deadline_seconds=deadline_seconds)
    # What may be published without a person rests on facts about safety that are read for this decision.
    safety_since = timezone.now() if settings.AUTO_PUBLISH_REQUESTS else None
    snapshot = take_query_snapshot(query, deadline_seconds=deadline_seconds, safety_since=safety_since)
    trip = snapshot.trips[query.trip_id]
    if not trip.is_active:
        raise InactiveTrip.of(trip, "trip_id")
    return snapshot


def _in_line_with_catalog(inputs: RequestInputs, loader: InputsLoader) -> RequestInputs:
    """Return the inputs once the trip's departures on the queried dates are stored as the catalog has them."""
    if inputs.follows_catalog:
        return inputs
    query, snapshot = inputs.query, inputs.facts.snapshot
    follow_catalog(
        inputs.facts,
        region_ids={snapshot.trips[query.trip_id].region_id},
        trip_ids={query.trip_id},
        deadline_seconds=loader.budget.read_seconds,
    )
    return loader.load(query, snapshot)


def _rank_and_store(claim: RequestClaim, query: TripQuery, snapshot: Snapshot, run: OptimizationRun) -> None:
    guide_names: list[str] = []
    obstacle = ""
    author = _author(claim, run)
    loader = InputsLoader(TimeBudget(settings.SNAPSHOT_DEADLINE_SECONDS["worker"]))
    inputs = _in_line_with_catalog(loader.load(query, snapshot), loader)
    with ExitStack() as presence:
        for attempt in range(TRIES):
            if _is_too_old_to_publish_on(snapshot):
                snapshot = _validated_snapshot(query)
                inputs = loader.load(query, snapshot)
            elif attempt:
                inputs = loader.load(query, snapshot)
            ranked = rank_loaded(inputs, loader)
            refuse_broken_dates(ranked, query)
            guide_names = [member.guide_name for member in ranked.best.departure.team] if ranked.best else []
            _announce_chosen_date(ranked, author, presence)
            try:
                _store(claim, ranked, run, author)
            except (_ChangedMeanwhile, DepartureElsewhere, HardRuleViolated) as outdated:
                obstacle = str(outdated)
                logger.info("schedule_request_answered_again", request_id=str(claim.request.pk), met=obstacle)
                schedule_write_retries.inc()
            except ContentionNotResolved as contention:
                raise ContentionNotResolved(contention.message, guide_names) from contention
            else:
                return
    schedule_writes_exhausted.inc()
    message = f"Others kept changing what this request is about; the last of {TRIES} tries met: {obstacle}"
    raise ContentionNotResolved(message, guide_names)


def _is_too_old_to_publish_on(snapshot: Snapshot) -> bool:
    """Return whether the facts about safety are older than those on which a machine may publish."""
    oldest = timedelta(seconds=settings.SAFETY_FACTS_MAX_AGE_SECONDS)
    read_at = snapshot.safety_read_at
    return settings.AUTO_PUBLISH_REQUESTS and (read_at is None or timezone.now() - read_at > oldest)


def _author(claim: RequestClaim, run: OptimizationRun) -> Author:
    cause = f"schedule request {claim.request.pk}"
    return Author(AuthorKind.REQUEST, claim.request.requested_by, cause, "worker", run.pk)


def _announce_chosen_date(ranked: RankedDates, author: Author, presence: ExitStack) -> None:
    """Announce the presence on the chosen date, and on no other: those not chosen are only read.

    It stays announced while the dates are ranked again, until another one may be chosen.
    """
    presence.close()
    if ranked.best:
        day, region = ranked.best.option.day, ranked.best.departure.region_id
        presence.enter_context(announce_presence(day, [region], by=str(author), run_id=author.run_id))


def _store(claim: RequestClaim, ranked: RankedDates, run: OptimizationRun, author: Author) -> None:
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
        raise _ChangedMeanwhile(f"{planned.trip_name} on {best.option.day} has started")
    if current != ranked.base.get(key) or (current and current.span != planned.span):
        raise _ChangedMeanwhile(f"{planned.trip_name} on {best.option.day} has changed")
    entered = entries_over(draft.document, best.option.day, [planned])
    if is_adjusted(planned, ranked.contexts[key].entered, entered):
        raise _ChangedMeanwhile(f"a guide of {planned.trip_name} on {best.option.day} entered an adjustment")
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
    if _is_too_old_to_publish_on(facts.snapshot):
        raise _ChangedMeanwhile("what is known of its safety is too old to publish on")
    publish_in(draft, {key}, timezone.now(), known=PublicationFacts(facts, frozenset({key})))


def _complete(
    claim: RequestClaim,
    ranked: RankedDates,
    run: OptimizationRun,
    changes: Mapping[date, Change],
    planned: Standing | None,
) -> None:
    best = ranked.best
    complete_run(
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
    report_optimization(run, region_ids=_regions(ranked), score_before=None, unassigned=0 if best else 1)


def _regions(ranked: RankedDates) -> frozenset[UUID]:
    return frozenset(ranked_date.departure.region_id for ranked_date in ranked.dates)
