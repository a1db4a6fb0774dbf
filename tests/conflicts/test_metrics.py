import pytest

from conflicts.detection import Severity
from conflicts.metrics import conflicts_resolved, open_conflicts
from conflicts.models import ScheduleConflict
from tests.conflicts.factories import conflict_of
from tests.factories import TOMORROW

pytestmark = pytest.mark.django_db


def test_open_conflicts_are_counted_by_type_and_severity() -> None:
    conflict_of(severity=Severity.HIGH)
    conflict_of(severity=Severity.HIGH)

    [gauge] = open_conflicts()

    counts = {(s.labels["type"], s.labels["severity"]): s.value for s in gauge.samples}
    assert counts["CAPACITY_EXCEEDED", "HIGH"] == 2
    assert counts["WEATHER_ALERT", "LOW"] == 0


def test_what_is_published_says_how_many_were_resolved() -> None:
    conflict_of()
    ScheduleConflict.objects.filter(pk=conflict_of().pk).update(resolved=True)

    assert conflicts_resolved(TOMORROW) == {"conflicts_resolved": 1}
