"""Claims on the dates of a night: one worker holds a date until its lease lapses."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from optimization.models import Night, NightDate
from scheduling.models import MAX_ATTEMPTS, Claim

# A date for which a sibling did not answer is retried after this delay, doubled with each attempt.
RETRY_DELAY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class NightClaim(Claim):
    """A claim of one worker on a date of a night."""

    day: date
    region_ids: tuple[str, ...]


@transaction.atomic
def claim_next(night_id: UUID, cluster: int) -> NightClaim | None:
    """Claim the cluster's next date; return None where no date is left, due and free."""
    now = timezone.now()
    dates = NightDate.objects.filter(night_id=night_id, night__status=Night.Status.RUNNING, cluster=cluster)
    # The row lock: of two workers with the same message the second waits here, and finds the date claimed.
    current = dates.exclude(status__in=NightDate.DONE).order_by("schedule_date").select_for_update(of=("self",)).first()
    if current is None or not current.may_be_claimed(now):
        return None
    current.status = NightDate.Status.RUNNING
    claim = current.hold(now, timedelta(seconds=settings.TASK_TIME_LIMIT_SECONDS), "status")
    return NightClaim(claim.pk, claim.token, claim.attempts, current.schedule_date, tuple(current.region_ids))


def complete_date(claim: NightClaim, *, run_id: UUID, is_joined: bool) -> None:
    """Complete the date, planned by this run. Raises ClaimLost."""
    _release(claim, status=NightDate.Status.COMPLETED, run_id=run_id, is_joined=is_joined)


def fail_date(claim: NightClaim, error: str) -> None:
    """Fail the date, which keeps its previous plan; the next one is due. Raises ClaimLost."""
    _release(claim, status=NightDate.Status.FAILED, error=error)


def postpone_date(claim: NightClaim, error: str) -> timedelta | None:
    """Postpone the date and return the delay; fail it and return None after MAX_ATTEMPTS. Raises ClaimLost."""
    if claim.attempts >= MAX_ATTEMPTS:
        fail_date(claim, error)
        return None
    delay: timedelta = RETRY_DELAY * 2 ** (claim.attempts - 1)
    _release(claim, status=NightDate.Status.PENDING, error=error, not_before=timezone.now() + delay)
    return delay


def _release(claim: NightClaim, **changes: object) -> None:
    NightDate.objects.filter(status=NightDate.Status.RUNNING).settle(claim, **{"error": "", **changes})
