"""Rate limits by subject, counted in Valkey for all web processes."""

import hashlib
import math
import time

import structlog
from django.conf import settings
from django_redis import get_redis_connection
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from novatrek_scheduling.api.authentication import Principal
from novatrek_scheduling.environment import Rate

PAUSE_AFTER_FAILURE_SECONDS = 5.0

logger = structlog.get_logger(__name__)


class SubjectThrottle(BaseThrottle):
    """A sliding window of two counters: the current period's, and the previous one's weighted by its overlap.

    It takes one round trip and two small keys per subject at any rate. Without Valkey every request passes. A
    subclass with a `rate` of its own counts other callers, and is off where THROTTLE_RATE is.
    """

    rate: Rate | None = None
    _trusted_again_at = 0.0
    _wait_seconds: float | None = None

    def allow_request(self, request: Request, view: object) -> bool:
        if settings.THROTTLE_RATE is None or time.monotonic() < SubjectThrottle._trusted_again_at:
            return True
        rate: Rate = self.rate or settings.THROTTLE_RATE
        now = time.time()
        try:
            current, previous = _count(self.caller(request), rate, now)
        except RedisError as error:
            # Each further attempt would cost a timeout: requests pass until Valkey had time to recover.
            SubjectThrottle._trusted_again_at = time.monotonic() + PAUSE_AFTER_FAILURE_SECONDS
            logger.warning("throttle_without_valkey", error=str(error))
            return True
        self._wait_seconds = _wait(rate, now, current, previous)
        return self._wait_seconds is None

    def wait(self) -> float | None:
        return self._wait_seconds

    def caller(self, request: Request) -> str:
        """The key of the counted caller: the subject of a bearer token, or else the address."""
        if isinstance(request.user, Principal):
            return f"subject:{request.user.subject}"
        return f"address:{self.get_ident(request)}"


def _count(caller: str, rate: Rate, now: float) -> tuple[int, int]:
    """Count one request; return the counters of the current period and of the previous one."""
    name = hashlib.sha256(caller.encode()).hexdigest()[:32]
    period = int(now // rate.seconds)
    with get_redis_connection("default").pipeline(transaction=False) as pipeline:
        pipeline.incr(f"throttle:{name}:{period}")
        pipeline.expire(f"throttle:{name}:{period}", 2 * rate.seconds)
        pipeline.get(f"throttle:{name}:{period - 1}")
        current, _, previous = pipeline.execute()
    return int(current), int(previous or 0)


def _wait(rate: Rate, now: float, current: int, previous: int) -> float | None:
    """The seconds until the caller is below the rate again; None where it is below now."""
    left_of_period = rate.seconds - now % rate.seconds
    if previous * left_of_period / rate.seconds + current <= rate.requests:
        return None
    if current > rate.requests:
        # The current period alone exceeds the rate: the next one starts with the excess as its previous counter.
        return max(1.0, math.ceil(left_of_period + rate.seconds * (1 - rate.requests / current)))
    remaining = rate.requests - current
    return max(1.0, math.ceil(left_of_period - remaining * rate.seconds / previous))
