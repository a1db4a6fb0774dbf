"""The monitors: one pass over everything that departures rest on, which finds what changed without a write of ours.

Facts are read once, outside any transaction; dates are then followed and judged one by one, on the documents of that
moment. What the facts do not cover by then is not judged: its conflicts stay as they were.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import partial

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pydantic import ValidationError

from conflicts.monitoring.metrics import CONFLICTS_CLEARED, CONFLICTS_FOUND
from conflicts.monitoring.passes import PassLost, abandon_pass, begin_pass, complete_pass, hold_pass
from conflicts.monitoring.services import detect_on
from conflicts.monitoring.watched import WatchedDates, watched_dates
from novatrek_scheduling.deadline import Deadline
from novatrek_scheduling.errors import DomainError
from scheduling.daily_schedules.catalog_following import follow_catalog
from scheduling.domain.facts import Span
from scheduling.domain.limits import LONGEST_TRIP, ONE_DAY
from scheduling.hazards import hazards_in_force
from scheduling.publication.approvals import judge_approvals
from scheduling.rules import Facts
from scheduling.snapshot import take_watch_snapshot

LOCK_TIMEOUT_MS = 5000

logger = structlog.get_logger(__name__)


def run_pass() -> bool:
    """Make a pass, and return whether there was one: while another worker makes one, there is nothing to do."""
    current = begin_pass(timezone.now())
    if current is None:
        return False
    try:
        _Pass(current.pk, current.started_at).run()
    except PassLost as lost:
        logger.warning("monitor_pass_lost", reason=str(lost))
    except BaseException:
        abandon_pass(current.pk)
        raise
    return True


@dataclass(slots=True)
class _Pass:
    pass_id: int
    started_at: datetime
    found: int = 0
    cleared: int = 0
    not_read: list[str] = field(default_factory=list)

    def run(self) -> None:
        deadline = Deadline.after(settings.MONITOR_DEADLINE_SECONDS)
        watched = watched_dates(self.started_at)
        facts = _read_facts(watched, deadline)
        read_seconds = (timezone.now() - self.started_at).total_seconds()
        self.not_read += sorted(facts.snapshot.unknown.values())
        self.not_read += [f"{day} was not judged: its document cannot be read." for day in watched.unreadable]
        for day in watched.days:
            self._watch(day, facts, deadline)
        complete_pass(
            self.pass_id,
            read_seconds=read_seconds,
            dates=len(watched.days),
            departures=watched.departures,
            found=self.found,
            cleared=self.cleared,
            not_read=self.not_read,
        )
        logger.info("monitor_pass", found=self.found, cleared=self.cleared, not_read=self.not_read)

    def _watch(self, day: date, facts: Facts, deadline: Deadline) -> None:
        """Follow the catalog on a date and judge it: neither keeps the other, nor other dates, from being done."""
        steps: dict[str, Callable[[date, Facts], None]] = {
            "brought in line with the catalog": partial(self._follow, deadline=deadline),
            "judged": self._judge,
            "looked through for teams that await approval": partial(self._judge_approvals, deadline=deadline),
        }
        for done, step in steps.items():
            try:
                step(day, facts)
            except (PassLost, SoftTimeLimitExceeded):
                raise
            except Exception as error:
                # Whatever it is: a defect that one date brings up leaves no other unwatched.
                logger.exception("date_not_watched", day=str(day), step=done)
                self.not_read.append(f"{day} was not {done}: {_in_words(error)}")

    def _follow(self, day: date, facts: Facts, *, deadline: Deadline) -> None:
        if day not in facts.snapshot.departures:
            return
        hold_pass(self.pass_id)
        follow_catalog(
            facts.with_snapshot(replace(facts.snapshot, days=(day,))),
            region_ids=facts.snapshot.regions.keys(),
            deadline_seconds=deadline.remaining(),
        )

    def _judge_approvals(self, day: date, facts: Facts, *, deadline: Deadline) -> None:
        hold_pass(self.pass_id)
        # Held again with the write: notes are read before it, which takes as long as it takes.
        hold = partial(hold_pass, self.pass_id)
        judge_approvals(day, facts, deadline_seconds=deadline.remaining(), hold=hold)

    def _judge(self, day: date, facts: Facts) -> None:
        with transaction.atomic():
            # The row of the pass before those of documents: no writer takes them the other way round.
            hold_pass(self.pass_id)
            _wait_no_longer_than(LOCK_TIMEOUT_MS)
            stored = detect_on([day], facts)
        self.found += len(stored.new)
        self.cleared += len(stored.cleared)
        CONFLICTS_FOUND.inc(len(stored.new))
        CONFLICTS_CLEARED.inc(len(stored.cleared))


def _in_words(error: Exception) -> str:
    """Return what is said of an error in the pass; of one that nobody expected, its name: the log has the rest."""
    is_expected = isinstance(error, DomainError | DatabaseError | ValidationError)
    return str(error) if is_expected else type(error).__name__


def _wait_no_longer_than(milliseconds: int) -> None:
    """Limit the wait for each lock in this transaction: a writer that hangs must not keep the other dates unwatched."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(milliseconds)])


def _read_facts(watched: WatchedDates, deadline: Deadline) -> Facts:
    snapshot = take_watch_snapshot(watched.watch, deadline_seconds=deadline.remaining())
    return Facts(snapshot=snapshot, hazards=hazards_in_force(_span_of(watched)))


def _span_of(watched: WatchedDates) -> Span:
    days = watched.days or (timezone.now().date(),)
    begins = datetime.combine(min(days) - ONE_DAY, time.min, UTC)
    return Span(begins, datetime.combine(max(days), time.max, UTC) + LONGEST_TRIP)
