"""What became of the departures that answered schedule requests, for those who ask and for those who left an address.

A request follows its departure, also to the one that it was rescheduled as.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import orjson
import structlog
from django.utils import timezone
from pydantic import ValidationError

from novatrek_scheduling.pgpool.prepared import array_of, prepared_cursor
from novatrek_scheduling.pgpool.rows import columns_named, table_of
from scheduling.daily_schedules.changes import Change
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.models import RequestOutcome, RequestStatus, ScheduleRequest
from scheduling.requests.answers import Standing, is_another_answer, result_now
from scheduling.requests.callbacks import CALLBACK_FIELD, record_callback
from scheduling.rules import Facts

logger = structlog.get_logger(__name__)

# As `OutcomeQuerySet.following` says, at each write anew: hardly any of its departures is followed.
_TO_TELL = f"""
    SELECT outcome.{columns_named(RequestOutcome, "request")} FROM {table_of(RequestOutcome)} AS outcome
    JOIN {table_of(ScheduleRequest)} AS request USING (request_id)
    WHERE (rescheduled_departure_id = ANY(%s::uuid[])
            OR departure_id = ANY(%s::uuid[]) AND rescheduled_departure_id IS NULL)
        AND request.status = %s AND request.constraints ? %s::text
"""  # noqa: S608 (of constants alone)


def tell_clients(changes: Mapping[date, Change], _facts: Facts | None) -> None:
    """Record callbacks for clients to whom a write makes another answer; to be called in its transaction.

    A write is one revision, so that each is told once. Of a departure that is over nobody is told.
    """
    touched = frozenset[UUID]().union(*(change.departure_ids for change in changes.values()))
    if not touched:
        return
    to_tell = _outcomes_to_tell(touched)
    if not to_tell and not any(map(_has_cancelled, changes.values())):
        return
    write = _Write.of(changes, touched)
    for outcome in RequestOutcome.objects.filter(pk__in=to_tell).select_related("request") if to_tell else ():
        write.tell(outcome, timezone.now())
    for old, new in write.reschedulings.items():
        RequestOutcome.objects.following({old}).update(rescheduled_departure_id=new)


def _outcomes_to_tell(departure_ids: Collection[UUID]) -> list[UUID]:
    """Return the requests that follow these departures and whose clients left an address."""
    departures = array_of(departure_ids)
    with prepared_cursor() as cursor:
        cursor.execute(_TO_TELL, [departures, departures, RequestStatus.COMPLETED.value, CALLBACK_FIELD])
        return [request_id for (request_id,) in cursor.fetchall()]


def _has_cancelled(change: Change) -> bool:
    """Return whether a departure that was written is cancelled: it may have become another one."""
    after = change.after.departures
    return any(key in after and after[key].is_cancelled for key in change.departure_ids)


@dataclass(frozen=True, slots=True)
class _Write:
    """The documents that a write changes, before and after it.

    `reschedulings` has the departures among those that it touches that became others.
    """

    before: Mapping[date, ScheduleDocument]
    after: Mapping[date, ScheduleDocument]
    reschedulings: Mapping[UUID, UUID]

    @classmethod
    def of(cls, changes: Mapping[date, Change], touched: Collection[UUID]) -> "_Write":
        then = {day: change.before for day, change in changes.items()}
        now = {day: change.after for day, change in changes.items()}
        return cls(then, now, _reschedulings(now, touched))

    def tell(self, outcome: RequestOutcome, now: datetime) -> None:
        key, chosen = outcome.followed_departure_id, outcome.request.schedule_date
        if key is None or outcome.result is None:
            return
        gone = Standing(key, chosen, None)
        before = _standing(self.before, key) or gone
        after = _standing(self.after, self.reschedulings.get(key, key)) or gone
        if before.is_over(now) or after.is_over(now):
            return
        given, result = (result_now(outcome.result, chosen, standing) for standing in (before, after))
        if is_another_answer(given, result):
            record_callback(outcome.request, RequestStatus.COMPLETED, result=result)


def _reschedulings(documents: Mapping[date, ScheduleDocument], touched: Collection[UUID]) -> dict[UUID, UUID]:
    """Return what the cancelled ones of these departures became, and what those became in their turn."""
    found = dict(_becoming(documents, touched))
    later = _becoming(documents, set(found.values()).difference(touched))
    return found | {key: new for key, new in later if new in touched or new in found.values()}


def _becoming(documents: Mapping[date, ScheduleDocument], keys: Iterable[UUID]) -> Iterator[tuple[UUID, UUID]]:
    """Yield the cancelled departures among these with those that they became, where one of the documents has it."""
    for key in keys:
        standing = _standing(documents, key)
        new = standing.rescheduled_to if standing and standing.is_cancelled else None
        if new is not None and _standing(documents, new):
            yield key, new


def _standing(documents: Mapping[date, ScheduleDocument], key: UUID) -> Standing | None:
    found = ((day, document.departures.get(key)) for day, document in documents.items())
    standings = [Standing(key, day, departure) for day, departure in found if departure]
    return standings[-1] if standings else None


def standing_of(departure_id: UUID, day: date, stored: str | None) -> Standing | None:
    """Return how a departure stands that is `stored` as JSON on `day`; None where it cannot be read."""
    if stored is None:
        return Standing(departure_id, day, None)
    try:
        return Standing(departure_id, day, Departure.model_validate(orjson.loads(stored)))
    except ValidationError:
        logger.warning("departure_of_request_unreadable", departure_id=str(departure_id), schedule_date=str(day))
        return None
