"""How much the board costs: it has to open as quickly on a busy day."""

import gzip
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import TOMORROW
from tests.novatrek_scheduling.console.board.days import busy_day, store_day
from tests.novatrek_scheduling.console.people import signed_in
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

MOST_QUERIES = 12
MOST_BYTES = 50_000
# What the siblings say is stored when they answer, and kept for some seconds, which a slow machine may take.
OPENINGS = 3


@pytest.mark.parametrize("departures", [38, 380])
def test_the_board_takes_few_queries_and_is_a_light_page(departures: int, siblings: SimulatedSiblings) -> None:
    store_day(busy_day(departures, [UUID(key) for key in siblings.summary()["region_ids"]]))
    dispatcher = signed_in("Dispatcher")
    page = _open(dispatcher)

    assert min(_queries(dispatcher) for _ in range(OPENINGS)) <= MOST_QUERIES
    assert page.count(b"Walk ") >= departures
    assert len(gzip.compress(page)) < MOST_BYTES


def _queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        _open(client)
    return len(queries)


def _open(client: Client) -> bytes:
    return client.get(reverse("console:board"), {"date": TOMORROW.isoformat()}).content
