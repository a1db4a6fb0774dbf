"""Claims on the dates of a night: one worker holds a date until its lease lapses."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from optimization.models import Night, NightDate
from scheduling.models import MAX_ATTEMPTS, Claim

# A sibling that is silent is asked again after this, and then after twice as long.
SILENCE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class NightClaim(Claim):
    """A date of a night in the hands of one worker."""

    day: date
    region_ids: tuple[str, ...]


@transaction.atomic
def claim_next(night_id: UUID, cluster: int) -> NightClaim | None:
    """Take the cluster's next date in hand, or None where nothing is left, due, or free."""
    now = timezone.now()
    dates = NightDate.objects.filter(night_id=night_id, night__status=Night.Status.RUNNING, cluster=cluster)
    # Of two workers with the same message the second waits here, and finds the date taken.
    current = dates.exclude(status__in=NightDate.DONE).order_by("schedule_date").select_for_update(of=("self",)).first()
    if current is None or not current.may_be_claimed(now):
        return None
    current.status = NightDate.Status.RUNNING
    claim = current.hold(now, timedelta(seconds=settings.TASK_TIME_LIMIT_SECONDS), "status")
    return NightClaim(claim.pk, claim.token, claim.attempts, current.schedule_date, tuple(current.region_ids))


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
    NightDate.objects.filter(status=NightDate.Status.RUNNING).settle(claim, **{"error": "", **changes})
