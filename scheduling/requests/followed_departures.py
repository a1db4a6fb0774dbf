"""What became of the departures that answered schedule requests, for those who ask and for those who left an address.

A request follows its departure, also to the one that it was rescheduled as.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import orjson
import structlog
from django.utils import timezone
from pydantic import ValidationError

from scheduling.daily_schedules.changes import Change
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.models import RequestOutcome, RequestStatus
from scheduling.requests.answers import Standing, is_another_answer, result_now
from scheduling.requests.callbacks import CALLBACK_FIELD, record_callback
from scheduling.rules import Facts

logger = structlog.get_logger(__name__)


def tell_clients(changes: Mapping[date, Change], _facts: Facts | None) -> None:
    """Record callbacks for clients to whom a write makes another answer; to be called in its transaction.

    A write is one revision, so that each is told once. Of a departure that is over nobody is told.
    """
    touched = frozenset[UUID]().union(*(change.departure_ids for change in changes.values()))
    if not touched:
        return
    write = _Write.of(changes, touched)
    to_tell = RequestOutcome.objects.following(touched).filter(
        request__status=RequestStatus.COMPLETED, request__constraints__has_key=CALLBACK_FIELD
    )
    for outcome in to_tell.select_related("request"):
        write.tell(outcome, timezone.now())
    for old, new in write.reschedulings.items():
        RequestOutcome.objects.following({old}).update(rescheduled_departure_id=new)


@dataclass(frozen=True, slots=True)
class _Write:
    """The departures that a write changes, and those that they became, before and after it.

    `reschedulings` has those that became others.
    """

    before: Mapping[UUID, Standing]
    after: Mapping[UUID, Standing]
    reschedulings: Mapping[UUID, UUID]

    @classmethod
    def of(cls, changes: Mapping[date, Change], touched: Collection[UUID]) -> "_Write":
        then = {day: change.before for day, change in changes.items()}
        now = {day: change.after for day, change in changes.items()}
        after = _standings(now, touched)
        becoming = {standing.rescheduled_to for standing in after.values() if standing.is_cancelled}
        after |= _standings(now, {key for key in becoming if key is not None} - after.keys())
        moved = {
            key: new
            for key, standing in after.items()
            if standing.is_cancelled and (new := standing.rescheduled_to) in after and new is not None
        }
        return cls(_standings(then, touched), after, moved)

    def tell(self, outcome: RequestOutcome, now: datetime) -> None:
        key, chosen = outcome.followed_departure_id, outcome.request.schedule_date
        if key is None or outcome.result is None:
            return
        gone = Standing(key, chosen, None)
        before, after = self.before.get(key, gone), self.after.get(self.reschedulings.get(key, key), gone)
        if before.is_over(now) or after.is_over(now):
            return
        given, result = (result_now(outcome.result, chosen, standing) for standing in (before, after))
        if is_another_answer(given, result):
            record_callback(outcome.request, RequestStatus.COMPLETED, result=result)


def _standings(documents: Mapping[date, ScheduleDocument], keys: Collection[UUID]) -> dict[UUID, Standing]:
    return {
        key: Standing(key, day, departure)
        for day, document in documents.items()
        for key in keys
        if (departure := document.departures.get(key))
    }


def standing_of(departure_id: UUID, day: date, stored: str | None) -> Standing | None:
    """Return how a departure stands that is `stored` as JSON on `day`; None where it cannot be read."""
    if stored is None:
        return Standing(departure_id, day, None)
    try:
        return Standing(departure_id, day, Departure.model_validate(orjson.loads(stored)))
    except ValidationError:
        logger.warning("departure_of_request_unreadable", departure_id=str(departure_id), schedule_date=str(day))
        return None
