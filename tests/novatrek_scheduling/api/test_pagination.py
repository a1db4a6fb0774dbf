from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from django.contrib.auth.models import Group, User

from novatrek_scheduling.api.pagination import BadPageToken, Keyset

NEWEST_FIRST = ("-date_joined", "id")
START = datetime(2026, 1, 5, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def make(*seconds: float) -> list[User]:
    joined = [START + timedelta(seconds=after) for after in seconds]
    rows = [User(username=f"u{at.timestamp()}-{n}", date_joined=at) for n, at in enumerate(joined)]
    return User.objects.bulk_create(rows)


def read_all(keyset: Keyset, size: int) -> list[list[int]]:
    pages, token = [], None
    while True:
        page = keyset.page(User.objects.all(), size=size, token=token)
        pages.append([row.pk for row in page.rows])
        token = page.next_page_token
        if token is None:
            return pages


def test_pages_follow_one_another_without_gap_or_repeat() -> None:
    make(0, 0, 0, 0.000001, 0.000002, 3, 4)

    pages = read_all(Keyset(NEWEST_FIRST, bound_to={}), 2)

    assert [len(page) for page in pages] == [2, 2, 2, 1]
    assert list(chain(*pages)) == list(User.objects.order_by(*NEWEST_FIRST).values_list("pk", flat=True))


def test_a_row_inserted_before_the_place_shifts_nothing() -> None:
    make(1, 2, 3, 4)
    keyset = Keyset(NEWEST_FIRST, bound_to={})
    first = keyset.page(User.objects.all(), size=2)
    make(9)

    second = keyset.page(User.objects.all(), size=2, token=first.next_page_token)

    assert [row.date_joined.second for row in second.rows] == [2, 1]
    assert (second.total_count, second.next_page_token) == (5, None)


def test_a_token_is_good_for_its_own_filters_only() -> None:
    make(1, 2, 3)
    token = Keyset(NEWEST_FIRST, bound_to={"region": "a"}).page(User.objects.all(), size=1).next_page_token

    for other in (
        Keyset(NEWEST_FIRST, bound_to={"region": "b"}),
        Keyset(["id"], bound_to={"region": "a"}),
        Keyset(NEWEST_FIRST, bound_to={"region": "a", "severity": "LOW"}),
    ):
        with pytest.raises(BadPageToken):
            other.page(User.objects.all(), size=1, token=token)


def test_a_changed_token_is_refused_by_name() -> None:
    make(1, 2, 3)
    keyset = Keyset(NEWEST_FIRST, bound_to={})
    token = keyset.page(User.objects.all(), size=1).next_page_token
    assert token

    for changed in (token[:-1], "x" + token, token.upper(), "", "::", "\ud800"):
        with pytest.raises(BadPageToken) as refused:
            keyset.decode(changed)
        assert [problem.field for problem in refused.value.problems] == ["page_token"]


def test_a_column_of_an_annotation_can_be_in_the_order() -> None:
    Group.objects.bulk_create(Group(name=name) for name in "cab")
    rows = Group.objects.extra(select={}).filter(name__in=["a", "b", "c"])
    keyset = Keyset(["name"], bound_to={})

    first: Any = keyset.page(rows, size=2)

    assert [row.name for row in first.rows] == ["a", "b"]
    assert [row.name for row in keyset.page(rows, size=2, token=first.next_page_token).rows] == ["c"]
