"""Asking siblings and telling them: retries, cache and typed answers in one place."""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from pydantic import ValidationError
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Sibling
from scheduling.siblings.calls import Call, Payload, attempt
from scheduling.siblings.errors import SiblingFailure, SiblingUnavailable
from scheduling.siblings.response_cache import Answer, remember, remembered

T = TypeVar("T")
P = TypeVar("P", bound=Payload)

ATTEMPTS = 3


class Reader:
    """Asks siblings until one deadline, and remembers when the oldest of each sibling's answers was read.

    `fresh`: answers of the cache are not good enough. Safe to use from many threads.
    """

    def __init__(self, deadline: Deadline, *, fresh: bool = False) -> None:
        self.deadline = deadline
        self._fresh = fresh
        self._oldest: dict[Sibling, datetime] = {}
        self._lock = threading.Lock()

    @property
    def read_at(self) -> Mapping[Sibling, datetime]:
        with self._lock:
            return dict(self._oldest)

    def get(self, call: Call, payload: type[P], *, lifetime: timedelta | None = None) -> P:
        """The typed answer to an idempotent call, from the cache where it may come from there.

        Raises SiblingNotFound, and SiblingUnavailable when there is no answer by the deadline.
        """
        if lifetime is None:
            return self._ask(call, payload, None)
        return self._recall(call, payload) or self._ask(call, payload, lifetime)

    def _recall(self, call: Call, payload: type[P]) -> P | None:
        answer = None if self._fresh else remembered(call)
        if answer is None:
            return None
        try:
            parsed = payload.model_validate_json(answer.body)
        except ValidationError:  # of an older release of ours
            return None
        self._note(call.sibling, answer.read_at)
        return parsed

    def _ask(self, call: Call, payload: type[P], lifetime: timedelta | None) -> P:
        def parse(body: bytes) -> tuple[P, bytes]:
            return payload.model_validate_json(body), body

        read_at = datetime.now(UTC)
        parsed, body = _retried(call, parse, self.deadline)
        if lifetime is not None:
            remember(call, Answer(body, read_at), lifetime)
        self._note(call.sibling, read_at)
        return parsed

    def _note(self, sibling: Sibling, read_at: datetime) -> None:
        with self._lock:
            self._oldest[sibling] = min(read_at, self._oldest.get(sibling, read_at))


def send(call: Call, payload: type[P], deadline: Deadline) -> P:
    """POST once; trying again is the sender's business.

    Raises SiblingRefusal, SiblingNotFound and SiblingUnavailable.
    """
    return attempt(call, payload.model_validate_json, deadline)


def _retried(call: Call, parse: Callable[[bytes], T], deadline: Deadline) -> T:
    def out_of_time(state: RetryCallState) -> bool:
        return deadline.remaining() <= state.upcoming_sleep

    retrying = Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, SiblingFailure) and error.may_pass),
        stop=lambda state: stop_after_attempt(ATTEMPTS)(state) or out_of_time(state),
        wait=wait_random_exponential(multiplier=0.05, max=0.4),
        reraise=True,
    )
    if deadline.has_passed:
        raise SiblingUnavailable(call.sibling, call.operation, "no time was left to ask")
    answer: T = retrying(attempt, call, parse, deadline)
    return answer
