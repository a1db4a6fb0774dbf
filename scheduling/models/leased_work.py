"""Work that one worker at a time holds, by a lease and a fencing token.

The table is the truth, the queue a hint: a worker claims a row for the length of a lease and finishes it naming the
token of its claim, so that one that was slow to die writes nothing. What no worker holds is queued again by a sweeper.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

MAX_ATTEMPTS = 3


class ClaimLost(Exception):
    """Another worker has claimed the work since; what the holder of the outdated token found is dropped."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of leased work in the hands of one worker until the lease lapses. `attempts` counts this one too."""

    pk: Any
    token: int
    attempts: int


Work = TypeVar("Work", bound="LeasedWork")


class LeasedWorkQuerySet(models.QuerySet[Work]):
    def abandoned(self, now: datetime, *, unclaimed_since: datetime) -> "LeasedWorkQuerySet[Work]":
        """The rows that no worker holds: queued before `unclaimed_since` and due, or with a lapsed lease."""
        waiting = Q(queued_at__lt=unclaimed_since, not_before__lte=now)
        return self.filter(self._in(self.model.PENDING) & waiting | self._lapsed(now))

    def exhausted(self, now: datetime) -> "LeasedWorkQuerySet[Work]":
        """The rows whose last allowed attempt ended without an answer."""
        return self.filter(self._lapsed(now), attempts__gte=MAX_ATTEMPTS)

    def settle(self, claim: Claim, **changes: object) -> None:
        """End the claim and store `changes`. Raises ClaimLost where another worker has claimed the row since."""
        held = self.filter(pk=claim.pk, token=claim.token)
        if not held.update(lease_until=None, **changes):
            raise ClaimLost(f"Claim {claim.token} on {self.model._meta.verbose_name} {claim.pk} is outdated.")

    def _lapsed(self, now: datetime) -> Q:
        return self._in(self.model.UNDER_WAY) & Q(lease_until__lt=now)

    def _in(self, status: str) -> Q:
        return Q(**{self.model.STATUS_FIELD: status})


class LeasedWork(models.Model):
    """The columns of leased work: `token` counts the claims, `attempts` the executions without an answer.

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
        """Return whether a worker may claim the row it locked: due, and pending, or lapsed with attempts left."""
        if self.not_before > now:
            return False
        status = attrgetter(self.STATUS_FIELD.replace("__", "."))(self)
        is_lapsed = self.lease_until is not None and self.lease_until < now
        return status == self.PENDING or (status == self.UNDER_WAY and is_lapsed and self.attempts < MAX_ATTEMPTS)

    def hold(self, now: datetime, lease: timedelta, *changed: str) -> Claim:
        """Claim the row, which its caller has locked, and save it with the fields that were `changed`."""
        self.token += 1
        self.attempts += 1
        self.lease_until = now + lease
        self.save(update_fields=["token", "attempts", "lease_until", *changed])
        return Claim(self.pk, self.token, self.attempts)
