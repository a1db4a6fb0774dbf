"""Leased work: rows that one worker at a time claims, by a lease and a fencing token.

The table is authoritative, the queue only a hint. A worker claims a row for the length of a lease and finishes it with
the token of its claim, so that a worker that outlived its lease writes nothing. A sweeper queues abandoned rows again
(docs/decisions/0006-leases-in-tables.md).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

MAX_ATTEMPTS = 3
"""Executions of one row that may end without an outcome; it fails after them."""

CLAIMED = ("token", "attempts", "lease_until")
"""The fields that a claim changes."""


class ClaimLost(Exception):
    """Another worker has claimed the work since; the result of the outdated claim is dropped."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One worker's claim on a row of leased work, until the lease lapses. `attempts` includes this one."""

    pk: Any
    token: int
    attempts: int


Work = TypeVar("Work", bound="LeasedWork")


class LeasedWorkQuerySet(models.QuerySet[Work]):
    def abandoned(self, now: datetime, *, unclaimed_since: datetime) -> "LeasedWorkQuerySet[Work]":
        """The rows without a worker: queued before `unclaimed_since`, pending and due, or with a lapsed lease."""
        is_overdue = Q(queued_at__lt=unclaimed_since, not_before__lte=now)
        return self.filter(self._with_status(self.model.PENDING) & is_overdue | self._lapsed(now))

    def exhausted(self, now: datetime) -> "LeasedWorkQuerySet[Work]":
        """The rows whose last allowed attempt ended without an outcome."""
        return self.filter(self._lapsed(now), attempts__gte=MAX_ATTEMPTS)

    def settle(self, claim: Claim, **changes: object) -> None:
        """End the claim and store `changes`. Raises ClaimLost after a later claim on the row."""
        current = self.filter(pk=claim.pk, token=claim.token)
        if not current.update(lease_until=None, **changes):
            raise ClaimLost(f"Claim {claim.token} on {self.model._meta.verbose_name} {claim.pk} is outdated.")

    def _lapsed(self, now: datetime) -> Q:
        return self._with_status(self.model.UNDER_WAY) & Q(lease_until__lt=now)

    def _with_status(self, status: str) -> Q:
        return Q(**{self.model.STATUS_FIELD: status})


class LeasedWork(models.Model):
    """The columns of leased work: `token` counts the claims, `attempts` the executions without an outcome.

    `STATUS_FIELD` is the lookup of the row's status, of which `PENDING` and `UNDER_WAY` are the two open values.
    """

    STATUS_FIELD: ClassVar[str]
    PENDING: ClassVar[str]
    UNDER_WAY: ClassVar[str]

    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def may_be_claimed(self, now: datetime) -> bool:
        """Return whether a worker that locked the row may claim it: due, and pending or lapsed with attempts left."""
        if self.not_before > now:
            return False
        status = attrgetter(self.STATUS_FIELD.replace("__", "."))(self)
        is_lapsed = self.lease_until is not None and self.lease_until < now
        return status == self.PENDING or (status == self.UNDER_WAY and is_lapsed and self.attempts < MAX_ATTEMPTS)

    def hold(self, now: datetime, lease: timedelta, *changed: str) -> Claim:
        """Claim the row, which the caller has locked, for `lease`, and save it with the `changed` fields."""
        claim = self.take(now, lease)
        self.save(update_fields=[*CLAIMED, *changed])
        return claim

    def take(self, now: datetime, lease: timedelta) -> Claim:
        """Claim the row, which the caller has locked, for `lease`; the caller stores the fields `CLAIMED`."""
        self.token += 1
        self.attempts += 1
        self.lease_until = now + lease
        return Claim(self.pk, self.token, self.attempts)
