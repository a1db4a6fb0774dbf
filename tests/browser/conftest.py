"""A real browser in front of the real pages: one browser for this folder, one server, one sign-in for each person."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import FLAGS, HOW_TO_GET_ONE, chromium, is_asked_of_this_machine
from tests.browser.pages import Journal, watched_page
from tests.browser.server import counting, counting_live_server

HERE = Path(__file__).parent
PATIENCE_MS = 15_000

Person = Callable[..., Page]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process has the browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        if is_asked_of_this_machine():
            pytest.fail(HOW_TO_GET_ONE, pytrace=False)
        pytest.skip(f"NO TEST IN A BROWSER WAS RUN. {HOW_TO_GET_ONE}")
    # Playwright leaves its event loop marked as running in this thread, and Django would refuse every query here.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """The server that the browser asks."""
    with counting_live_server() as server:
        yield server


@pytest.fixture
def journal(live_server: LiveServer) -> Iterator[Journal]:
    """What went wrong on the pages of this test; nothing may."""
    journal = Journal(live_server.url)
    yield journal
    assert not journal.problems, "\n".join(journal.problems)


@pytest.fixture
def person(browser: Browser, live_server: LiveServer, journal: Journal, groups: None) -> Iterator[Person]:
    """Sign somebody in, in a browser window of their own: `person("Dispatcher", name="ben", width=820)`.

    Without a role they may do everything. Returns an empty page; addresses are relative to the server.
    """
    contexts: list[BrowserContext] = []

    def sign_in(role: str = "", *, name: str = "ana", width: int = 1440, height: int = 900, dark: bool = False) -> Page:
        user = User.objects.create_user(name, is_staff=True, is_superuser=not role)
        if role:
            user.groups.add(Group.objects.get(name=role))
        session = Client()
        session.force_login(user)
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        key = session.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
        contexts.append(context)
        return watched_page(context, journal)

    yield sign_in
    close_windows(contexts, live_server)


def close_windows(contexts: Iterable[BrowserContext], live_server: LiveServer) -> None:
    """Close them and wait until nothing that their pages asked for is answered: the tables are emptied next."""
    for context in contexts:
        context.close()
    counting(live_server).wait_until_idle()
