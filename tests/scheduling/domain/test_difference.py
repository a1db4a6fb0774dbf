"""The algebra of differences, against the function that the history's trigger calls."""

import json
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.domain.difference import apply_difference, is_json_equal, join_differences, undo_difference

NAMES = st.sampled_from(["a", "b", "c"])
SCALARS = st.sampled_from([None, True, False, 0, 1, 1.5, "", "1"])
VALUES = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(NAMES, SCALARS, max_size=2)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=3)
ENTRIES = st.dictionaries(NAMES, OBJECTS, max_size=3)
OTHERS = st.dictionaries(st.sampled_from(["x", "y"]), VALUES, max_size=2)
DOCUMENTS = st.builds(
    lambda departures, adjustments, others: {
        "departures": departures,
        "guide_adjustments": adjustments,
        **others,
    },
    ENTRIES,
    ENTRIES,
    OTHERS,
)
# One transaction around all examples: nothing here is written.
many = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

pytestmark = pytest.mark.django_db


def difference(before: Any, after: Any) -> dict[str, Any]:
    """Return the difference that the trigger would store for a write."""
    with connection.cursor() as cursor:
        states = [json.dumps(before), json.dumps(after)]
        cursor.execute("SELECT scheduling.document_difference(%s, %s)", states)
        stored: dict[str, Any] = json.loads(cursor.fetchone()[0])
    return stored


@given(before=DOCUMENTS, after=DOCUMENTS)
@many
def test_a_difference_leads_forth_and_back(before: Any, after: Any) -> None:
    ours = difference(before, after)

    assert is_json_equal(apply_difference(before, ours), after)
    assert is_json_equal(undo_difference(after, ours), before)


@given(states=st.lists(DOCUMENTS, min_size=2, max_size=5))
@many
def test_joined_differences_are_the_one_between_the_ends(states: list[Any]) -> None:
    steps = [difference(*pair) for pair in pairwise(states)]

    assert is_json_equal(join_differences(steps), difference(states[0], states[-1]))


@given(first=VALUES, second=VALUES)
@many
def test_values_are_the_same_where_postgresql_says_so(first: Any, second: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::jsonb = %s::jsonb", [json.dumps(first), json.dumps(second)])
        assert cursor.fetchone() == (is_json_equal(first, second),)


@given(document=DOCUMENTS, first=DOCUMENTS, second=DOCUMENTS)
@many
def test_nothing_that_is_given_is_changed(document: Any, first: Any, second: Any) -> None:
    steps = [difference(document, first), difference(first, second)]
    as_given = json.dumps([document, second, steps])

    join_differences(steps)
    apply_difference(document, steps[0])
    undo_difference(second, steps[1])

    assert json.dumps([document, second, steps]) == as_given


def test_what_came_is_new_as_it_is_in_the_end() -> None:
    came = {"departures": {"d": {"new": {"capacity": 8, "status": "DRAFT"}}}}
    grew = {"departures": {"d": {"fields": {"capacity": {"old": 8, "new": 9}, "status": {"old": "DRAFT"}}}}}

    assert join_differences([came, grew]) == {"departures": {"d": {"new": {"capacity": 9}}}}


def test_what_changed_and_went_is_old_as_it_was_at_first() -> None:
    grew = {"departures": {"d": {"fields": {"capacity": {"old": 8, "new": 9}, "trail_id": {"new": "t"}}}}}
    went = {"departures": {"d": {"old": {"capacity": 9, "trail_id": "t"}}}}

    assert join_differences([grew, went]) == {"departures": {"d": {"old": {"capacity": 8}}}}


def test_what_came_and_went_is_no_difference() -> None:
    came = {"guide_adjustments": {"g": {"new": {"guide_notes": "knee"}}}}
    went = {"guide_adjustments": {"g": {"old": {"guide_notes": "knee"}}}}

    assert join_differences([came, went]) == {}
    assert join_differences([went, came]) == {}


def test_what_was_published_in_between_counts_from_first_to_last() -> None:
    first = {"published_at": {"new": "2027-05-01T08:00:00+00:00"}}
    second = {"published_at": {"old": "2027-05-01T08:00:00+00:00", "new": "2027-05-01T09:00:00+00:00"}}

    assert join_differences([first, second]) == {"published_at": {"new": "2027-05-01T09:00:00+00:00"}}
