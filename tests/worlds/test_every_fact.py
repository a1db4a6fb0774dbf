"""Every field that is read from a sibling matters: something follows from a change of it, or the table says why not."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from conflicts.models import ScheduleConflict
from scheduling.models import DailySchedule
from scheduling.siblings import guide_management, location_services, trail_management, trip_catalog, weather
from scheduling.siblings.calls import Payload
from scheduling.siblings.errors import SiblingUnavailable
from tests.siblings import SimulatedSiblings
from tests.thoroughness import is_thorough
from tests.worlds import facts_of_guides, facts_of_places, facts_of_the_catalog
from tests.worlds.every_fact import Row, Subject
from tests.worlds.happenings import Life
from tests.worlds.small_world import DAYS, make_small

ROWS = (*facts_of_the_catalog.ROWS, *facts_of_guides.ROWS, *facts_of_places.ROWS)
SILENCE = frozenset({"no answer"})
SIBLINGS = (trip_catalog, guide_management, trail_management, weather, location_services)


def test_the_table_has_every_field_that_is_read_from_a_sibling() -> None:
    assert sorted(row.name for row in ROWS) == sorted(_fields_read())


def _fields_read() -> Iterator[str]:
    """The fields of every payload; those that begin with an underscore are envelopes."""
    for sibling in SIBLINGS:
        for name, payload in vars(sibling).items():
            is_own = (
                isinstance(payload, type) and issubclass(payload, Payload) and payload.__module__ == sibling.__name__
            )
            if is_own and not name.startswith("_"):
                yield from (f"{name}.{field}" for field in payload.model_fields)


def _cases() -> Iterator[Any]:
    """Every row for a draft or for a published departure in turn, and for both with the thorough profile."""
    for number, row in enumerate(ROWS):
        for is_published in (False, True):
            if number % 2 == is_published or is_thorough():
                yield pytest.param(row, is_published, id=f"{row.name}-{'published' if is_published else 'draft'}")


@pytest.mark.no_cover
@pytest.mark.django_db
@pytest.mark.parametrize(("row", "is_published"), list(_cases()))
def test_what_follows_from_a_change(siblings: SimulatedSiblings, row: Row, is_published: bool) -> None:
    life = Life(make_small(siblings, guides=9), Client())
    plan(life)
    if is_published:
        for day in range(DAYS):
            life.a_dispatcher_publishes(day)
    key = life.world.departure_ids[0]
    before, conflicts_before = departures()[key], set(ScheduleConflict.objects.values_list("pk", flat=True))

    row.change(Subject(life.world, life.world.days[0], key, before))
    is_answered = plan(life)

    found = what_follows(key, before, conflicts_before) if is_answered else SILENCE
    assert found == (row.published if is_published else row.draft)
    assert row.ignored_because if not row.published | row.draft else not row.ignored_because


def plan(life: Life) -> bool:
    """Plan the dates, and return whether the siblings' answers were believed."""
    caches["siblings"].clear()
    try:
        for day in range(DAYS):
            life.the_night_optimizes(day)
    except SiblingUnavailable:
        return False
    return True


def departures() -> dict[str, dict[str, Any]]:
    return {
        key: departure
        for document in DailySchedule.objects.values_list("assignments", flat=True)
        for key, departure in document["departures"].items()
    }


def what_follows(key: str, before: dict[str, Any], conflicts_before: set[Any]) -> frozenset[str]:
    """The fields of the departure that changed, and the causes of new conflicts about it."""
    after = departures().get(key)
    if after is None:
        return frozenset({"gone"})
    fields = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    new = ScheduleConflict.objects.filter(resolved=False).exclude(pk__in=conflicts_before)
    causes = {conflict.details["cause"] for conflict in new if key in conflict.details.get("departure_ids", ())}
    return frozenset(fields | causes)
