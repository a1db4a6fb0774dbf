"""Claims on the dates of a night: one worker holds a date until its lease lapses."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from optimization.models import Night, NightDate

MAX_ATTEMPTS = 3
# A sibling that is silent is asked again after this, and then after twice as long.
SILENCE = timedelta(seconds=30)
DONE = (NightDate.Status.COMPLETED, NightDate.Status.FAILED)


class ClaimLost(Exception):
    """Somebody else has the date by now; what became of it here is not told."""


@dataclass(frozen=True, slots=True)
class NightClaim:
    """A date of a night in the hands of one worker until the lease lapses."""

    pk: int
    token: int
    attempts: int
    day: date
    region_ids: tuple[str, ...]


@transaction.atomic
def claim_next(night_id: UUID, cluster: int) -> NightClaim | None:
    """Take the cluster's next date in hand, or None where nothing is left, due, or free."""
    now = timezone.now()
    dates = NightDate.objects.filter(night_id=night_id, night__status=Night.Status.RUNNING, cluster=cluster)
    # Of two workers with the same message the second waits here, and finds the date taken.
    current = dates.exclude(status__in=DONE).order_by("schedule_date").select_for_update(of=("self",)).first()
    if current is None or current.not_before > now or not _is_free(current, now):
        return None
    current.status, current.token, current.attempts = (
        NightDate.Status.RUNNING,
        current.token + 1,
        current.attempts + 1,
    )
    current.lease_until = now + timedelta(seconds=settings.TASK_TIME_LIMIT_SECONDS)
    current.save(update_fields=["status", "token", "attempts", "lease_until"])
    regions = tuple(current.region_ids)
    return NightClaim(current.pk, current.token, current.attempts, current.schedule_date, regions)


def _is_free(current: NightDate, now: datetime) -> bool:
    if current.status == NightDate.Status.PENDING:
        return True
    return current.lease_until is not None and current.lease_until < now and current.attempts < MAX_ATTEMPTS


def complete_date(claim: NightClaim, *, run_id: UUID, is_joined: bool) -> None:
    """The date is planned, by this run. Raises ClaimLost."""
    _release(claim, status=NightDate.Status.COMPLETED, run_id=run_id, is_joined=is_joined)


def fail_date(claim: NightClaim, error: str) -> None:
    """The date keeps the plan it had; the next one's turn has come. Raises ClaimLost."""
    _release(claim, status=NightDate.Status.FAILED, error=error)


def postpone_date(claim: NightClaim, error: str) -> timedelta | None:
    """What the date needs is away: when it will be asked for again, or None once it is given up. Raises ClaimLost."""
    if claim.attempts >= MAX_ATTEMPTS:
        fail_date(claim, error)
        return None
    delay: timedelta = SILENCE * 2 ** (claim.attempts - 1)
    _release(claim, status=NightDate.Status.PENDING, error=error, not_before=timezone.now() + delay)
    return delay


def _release(claim: NightClaim, **changes: object) -> None:
    ours = NightDate.objects.filter(pk=claim.pk, token=claim.token, status=NightDate.Status.RUNNING)
    if not ours.update(lease_until=None, **{"error": "", **changes}):
        raise ClaimLost(f"{claim.day} is in other hands than claim {claim.token}.")
