"""What PostgreSQL refuses of a write of daily schedules, in the writer's errors."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import DatabaseError, IntegrityError, OperationalError, ProgrammingError

from scheduling.daily_schedules.departure_dates import dates_of
from scheduling.daily_schedules.drafts import ConcurrentWrite
from scheduling.errors import DepartureElsewhere
from scheduling.metrics import adjustments_refused
from scheduling.models.triggers import ONE_DATE, adjustments_have_one_owner

LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED = "55P03", "40P01"


@contextmanager
def refusals_in_our_words(departures_added: Callable[[], Collection[UUID]]) -> Iterator[None]:
    """Translate what refuses the transaction in the block, once that is rolled back.

    Raises ConcurrentWrite where others held a lock too long, and DepartureElsewhere where one of the departures that
    the write has added is on another date. Entries that their owner alone may write are counted, and refused as they
    are.
    """
    try:
        yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) in {LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED}:
            raise ConcurrentWrite from error
        raise
    except IntegrityError as error:
        if _constraint_of(error) == ONE_DATE:
            raise DepartureElsewhere(dates_of(departures_added())) from error
        raise
    except ProgrammingError as error:
        if _constraint_of(error) == adjustments_have_one_owner.name:
            adjustments_refused.labels("trigger").inc()
        raise


def _constraint_of(error: DatabaseError) -> str | None:
    diagnostics = getattr(error.__cause__, "diag", None)
    return diagnostics.constraint_name if diagnostics is not None else None
