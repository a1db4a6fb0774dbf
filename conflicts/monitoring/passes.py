"""Passes of the monitors as rows: one at a time, taken over when its worker died, pruned."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from conflicts.models import MonitorPass

STORING_LEASE = timedelta(seconds=60)
"""How long the judging of one date holds a pass; it is renewed with each date."""
KEPT_FOR = timedelta(days=7)
OVERDUE_AFTER = 3
"""How many intervals a complete pass may be ago; the alert rule MonitorsNotComplete has the same number."""

Status = MonitorPass.Status


class PassLost(Exception):
    """The lease of the pass has lapsed, and another worker may have taken over: nothing more is stored."""


def begin_pass(now: datetime) -> MonitorPass | None:
    """Begin a pass, or return None where one is under way. One whose lease has lapsed is abandoned first."""
    under_way = MonitorPass.objects.filter(status=Status.RUNNING)
    under_way.filter(lease_until__lt=now).update(status=Status.ABANDONED)
    if under_way.exists():
        return None
    reading = timedelta(seconds=settings.MONITOR_DEADLINE_SECONDS)
    try:
        with transaction.atomic():
            return MonitorPass.objects.create(started_at=now, lease_until=now + reading + STORING_LEASE)
    except IntegrityError:  # of two that begin at once, one does
        return None


def hold_pass(pass_id: int) -> None:
    """Renew the lease; in a transaction, nobody takes the pass over before its end. Raises PassLost."""
    now = timezone.now()
    own = MonitorPass.objects.filter(pk=pass_id, status=Status.RUNNING, lease_until__gt=now)
    if not own.update(lease_until=now + STORING_LEASE):
        raise PassLost(f"Pass {pass_id} of the monitors is not ours any more.")


def complete_pass(pass_id: int, **figures: object) -> None:
    """End the pass with its figures, and delete those that nobody asks about any more. Raises PassLost."""
    own = MonitorPass.objects.filter(pk=pass_id, status=Status.RUNNING)
    if not own.update(status=Status.COMPLETED, completed_at=timezone.now(), **figures):
        raise PassLost(f"Pass {pass_id} of the monitors is not ours any more.")
    last = last_complete_pass()
    outdated = MonitorPass.objects.filter(started_at__lt=timezone.now() - KEPT_FOR)
    outdated.exclude(pk__in=[last.pk] if last else []).delete()


def abandon_pass(pass_id: int) -> None:
    """Let the next tick begin at once, where the pass ended in an error."""
    MonitorPass.objects.filter(pk=pass_id, status=Status.RUNNING).update(status=Status.ABANDONED)


def is_overdue(last: MonitorPass | None, now: datetime) -> bool:
    """Return whether the last complete pass is longer ago than three intervals, or there is none."""
    if last is None or last.completed_at is None:
        return True
    return now - last.completed_at > OVERDUE_AFTER * timedelta(seconds=settings.MONITOR_INTERVAL_SECONDS)


def last_complete_pass() -> MonitorPass | None:
    """Return the last pass that read and judged everything."""
    return MonitorPass.objects.filter(status=Status.COMPLETED, not_read=[]).order_by("-completed_at").first()


def last_finished_pass() -> MonitorPass | None:
    """Return the last pass that came to its end, complete or not."""
    return MonitorPass.objects.filter(status=Status.COMPLETED).order_by("-completed_at").first()


def last_passes(most: int) -> list[MonitorPass]:
    """Return the last passes that came to their end, the latest first: one at a time is under way."""
    finished = MonitorPass.objects.filter(status=Status.COMPLETED, completed_at__isnull=False)
    return list(finished.order_by("-started_at")[:most])
