"""A test in the browser ends when its pages ask for nothing more, and not before."""

from threading import Event, Thread

import pytest
from django.db import connection, transaction
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Person, close_windows
from tests.browser.server import counting

pytestmark = pytest.mark.django_db(transaction=True)

ASK = "setInterval(() => fetch('/admin/'), 50)"
PATIENCE_SECONDS = 10


def hold_sessions(held: Event, until: Event) -> None:
    """Let no page find out who asks for it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE django_session IN ACCESS EXCLUSIVE MODE")
            held.set()
            until.wait(PATIENCE_SECONDS)
    finally:
        connection.close()


def test_what_pages_go_on_asking_for_is_answered_before_the_tables_are_emptied(
    person: Person, live_server: LiveServer
) -> None:
    page, colleague = person(), person(name="ben")
    for window in (page, colleague):
        window.goto("/admin/login/")
    held, until = Event(), Event()
    holder = Thread(target=hold_sessions, args=(held, until))
    holder.start()
    assert held.wait(PATIENCE_SECONDS)
    for window in (page, colleague):
        with window.expect_request("**/admin/"):
            window.evaluate(ASK)

    colleague.context.on("close", lambda _: until.set())
    close_windows([page.context, colleague.context], live_server)

    assert until.is_set()
    assert counting(live_server).connections_open == 0
    holder.join()
