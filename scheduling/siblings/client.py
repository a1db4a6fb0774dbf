"""The client of the siblings: retries, cache and typed responses."""

import random
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID

from pydantic import ValidationError

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Sibling
from scheduling.siblings.calls import Call, Payload, attempt
from scheduling.siblings.errors import SiblingFailure, SiblingUnavailable
from scheduling.siblings.last_good import Judged, LastGoodAnswers
from scheduling.siblings.records import RecordList, report_sick_records
from scheduling.siblings.response_cache import CacheView, ResponseToKeep, write_responses
from scheduling.siblings.response_memory import CachedResponse
from scheduling.siblings.tasks import pause, run

T = TypeVar("T")
P = TypeVar("P", bound=Payload)

LONGEST_PAUSES_SECONDS = (0.05, 0.1)
"""How long it may be until a call that failed in passing is made again, drawn at random: it is made three times."""
A_MOMENT = timedelta(seconds=0.1)
"""How long after `safety_since` no response is sought in the cache: hardly anybody has read and stored it since."""


class SiblingReader:
    """A reader of siblings with one deadline, which records the age of what it read. One thread uses it.

    `fresh`: cached responses are not used; `safety_since`: none about safety that was read before. Used in a `with`
    block, with `answers` to judge lists by, it keeps at the end of the block what it read and what was believed;
    otherwise it keeps nothing, because nothing was judged.
    """

    def __init__(
        self,
        deadline: Deadline,
        *,
        fresh: bool = False,
        safety_since: datetime | None = None,
        answers: LastGoodAnswers | None = None,
    ) -> None:
        self.deadline = deadline
        self.answers = answers or LastGoodAnswers({})
        self._fresh = fresh
        self.safety_since = safety_since
        self._oldest: dict[Sibling, datetime] = {}
        self._oldest_about_safety: datetime | None = None
        self._cache = CacheView()
        self._responses: list[ResponseToKeep] = []
        self._from_cache: list[Call] = []

    @classmethod
    def judging(
        cls,
        deadline: Deadline,
        *judged: Judged,
        days: Collection[date] = (),
        asked: Collection[UUID] | None = None,
        fresh: bool = False,
        safety_since: datetime | None = None,
    ) -> Self:
        """Return a reader that judges these lists by the last good answers, for a `with` block.

        Without any named it judges all but certificates. Departures are judged on `days`; with `asked` no other records
        than these are judged.
        """
        answers = LastGoodAnswers.load(*judged, days=days, asked=asked)
        return cls(deadline, fresh=fresh, safety_since=safety_since, answers=answers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Cache the responses that were believed, forget the others, and store the last good answers."""
        write_responses(
            [kept for kept in self._responses if self.answers.believes(kept.call.sibling, kept.call.operation)],
            [call for call in self._from_cache if self.answers.doubts(call.sibling, call.operation)],
        )
        self.answers.store()
        self._cache.report()

    @property
    def read_at(self) -> Mapping[Sibling, datetime]:
        """For each sibling the time at which the oldest of its responses was read."""
        return dict(self._oldest)

    @property
    def safety_read_at(self) -> datetime | None:
        """The time at which the oldest response about safety was read; None where none was."""
        return self._oldest_about_safety

    async def get(
        self,
        call: Call,
        payload: type[P],
        *,
        lifetime: timedelta | None = None,
        check: Callable[[P], None] | None = None,
    ) -> P:
        """Return the typed response to an idempotent call; with a `lifetime`, a cached one where there is one.

        It is cached at the end of the reader's block, unless `check` refuses it by SiblingFailure, it has sick records,
        or it is part of a list that is not believed. Raises SiblingNotFound, and
        SiblingUnavailable where there is no usable response by the deadline.
        """
        if lifetime is None:
            return await self._fetch(call, payload, None, check)
        cached = self._read_cache(call, payload, lifetime, check)
        return cached or await self._fetch(call, payload, lifetime, check)

    def look_up(self, calls: Iterable[Call], lifetime: timedelta) -> None:
        """Look up the cached responses to many calls at once, so that `get` need not ask for one after the other."""
        if sought := [call for call in calls if self._is_sought(call)]:
            self._cache.look_up(sought, lifetime)

    def get_cached(self, call: Call, payload: type[P], lifetime: timedelta) -> P | None:
        """Return the typed response to an idempotent call if a cached one may be used, else None."""
        cached = self._read_cache(call, payload, lifetime, None)
        self._cache.report()
        return cached

    def _read_cache(
        self, call: Call, payload: type[P], lifetime: timedelta, check: Callable[[P], None] | None
    ) -> P | None:
        cached = self._cache.response_to(call, lifetime) if self._is_sought(call) else None
        if cached is None or self._is_too_old(call, cached):
            return None
        try:
            parsed = cached.parsed_by(payload.read)
            if check:
                check(parsed)
        except (ValidationError, SiblingFailure):  # stored by an older release
            return None
        self._note(call, cached.read_at)
        self._from_cache.append(call)
        return parsed

    async def _fetch(
        self, call: Call, payload: type[P], lifetime: timedelta | None, check: Callable[[P], None] | None
    ) -> P:
        def parse(body: bytes) -> tuple[P, bytes]:
            response = payload.read(body)
            if check:
                check(response)
            return response, body

        read_at = datetime.now(UTC)
        parsed, body = await _retried(call, parse, self.deadline)
        sick = parsed.sick if isinstance(parsed, RecordList) else ()
        report_sick_records(call, sick)
        if lifetime is not None and not sick:
            self._responses.append(ResponseToKeep(call, CachedResponse(body, read_at), lifetime))
        self._note(call, read_at)
        return parsed

    def _is_sought(self, call: Call) -> bool:
        """Return whether a response of use may be cached: hardly one about safety, a moment after `safety_since`."""
        if self._fresh:
            return False
        since = self.safety_since if call.is_about_safety else None
        return since is None or datetime.now(UTC) - since > A_MOMENT

    def _is_too_old(self, call: Call, cached: CachedResponse) -> bool:
        return call.is_about_safety and self.safety_since is not None and cached.read_at < self.safety_since

    def _note(self, call: Call, read_at: datetime) -> None:
        self._oldest[call.sibling] = min(read_at, self._oldest.get(call.sibling, read_at))
        if call.is_about_safety:
            self._oldest_about_safety = min(read_at, self._oldest_about_safety or read_at)


def send(call: Call, payload: type[P], deadline: Deadline) -> P:
    """Make a POST once, without retries: those are up to the caller.

    Raises SiblingRefusal, SiblingNotFound and SiblingUnavailable.
    """
    return run(attempt(call, payload.read, deadline))


async def _retried(call: Call, parse: Callable[[bytes], T], deadline: Deadline) -> T:
    """Make a call, and again while it fails in passing and there is time."""
    if deadline.has_passed:
        raise SiblingUnavailable(call.sibling, call.operation, "no time was left for the call")
    for longest_pause in LONGEST_PAUSES_SECONDS:
        seconds = random.uniform(0, longest_pause)  # noqa: S311 - it spreads callers, and protects nothing
        try:
            return await attempt(call, parse, deadline)
        except SiblingFailure as failure:
            if not failure.is_transient or deadline.remaining() <= seconds:
                raise
        await pause(seconds)
    return await attempt(call, parse, deadline)
