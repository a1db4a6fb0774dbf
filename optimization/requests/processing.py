"""Processing of a schedule request by a worker: claim it, rank its dates, and store the outcome."""

from contextlib import ExitStack
from datetime import date
from uuid import UUID

import structlog
from django.conf import settings
from django.utils import timezone

from optimization.days.refusal import PlanRefused
from optimization.models import OptimizationRun, RunDetail
from optimization.requests.inputs import InputsLoader, RequestInputs
from optimization.requests.query import TripQuery
from optimization.requests.ranking import RankedDates
from optimization.requests.recommendation import rank_loaded
from optimization.requests.snapshot import take_query_snapshot
from optimization.requests.storing import ChangedMeanwhile, is_too_old_to_publish_on, store_ranked
from optimization.requests.time_budget import TimeBudget
from optimization.requests.verification import refuse_broken_dates
from optimization.runs.lifecycle import fail_run, new_run
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.catalog_following import follow_catalog
from scheduling.daily_schedules.presence import announce_presence
from scheduling.daily_schedules.writer import TRIES
from scheduling.domain.facts import Snapshot
from scheduling.errors import ContentionNotResolved, DepartureElsewhere, HardRuleViolated
from scheduling.metrics import schedule_write_retries, schedule_writes_exhausted
from scheduling.models import ClaimLost, ScheduleRequest
from scheduling.requests.claims import (
    RequestClaim,
    claim_request,
    fail_request,
    fail_with_dead_letter,
    postpone_request,
    release_claim,
)
from scheduling.requests.submission import Constraints
from scheduling.siblings.errors import SiblingUnavailable
from scheduling.siblings.one_reading import look_again, one_reading
from scheduling.snapshot import InactiveTrip, UnknownGuide, UnknownTrip, look_up_guides

logger = structlog.get_logger(__name__)


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


def _begin(request_id: UUID) -> tuple[RequestClaim, OptimizationRun] | None:
    """Claim the request and start its run, both or neither; None where there is nothing to claim."""
    run: OptimizationRun | None = None

    def with_run(request: ScheduleRequest) -> tuple[OptimizationRun, RunDetail]:
        nonlocal run
        run = new_run(request.schedule_date, subject=RunDetail.Subject.REQUEST, request_id=request.pk)
        return run, run.detail

    claim = claim_request(request_id, beside=with_run)
    return (claim, run) if claim and run else None


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
        with one_reading():
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
            if is_too_old_to_publish_on(snapshot):
                look_again()
                snapshot = _validated_snapshot(query)
                inputs = loader.load(query, snapshot)
            elif attempt:
                inputs = loader.load(query, snapshot)
            ranked = rank_loaded(inputs, loader)
            refuse_broken_dates(ranked, query)
            guide_names = [member.guide_name for member in ranked.best.departure.team] if ranked.best else []
            _announce_chosen_date(ranked, author, presence)
            try:
                store_ranked(claim, ranked, run, author)
            except (ChangedMeanwhile, DepartureElsewhere, HardRuleViolated) as outdated:
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
