"""Pictures of every page, light and dark, at three widths: `make screenshots DIR=folder`."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.addresses import pages
from tests.browser.axe import HEIGHT, WIDTHS, wear
from tests.browser.conftest import Person
from tests.browser.world import build_world
from tests.novatrek_scheduling.console.people import signed_in
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]


def test_every_page_is_pictured(person: Person, siblings: SimulatedSiblings) -> None:
    page, folder = person(), Path(os.environ["SCREENSHOTS"])
    addresses = pages(build_world(siblings), signed_in(is_superuser=True))

    for name, address in addresses.items():
        page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
        page.goto(address, wait_until="networkidle")
        picture(page, folder / name.partition(":")[2])

    assert len(list(folder.glob("*/*.png"))) >= len(addresses) * len(WIDTHS) * 2


def picture(page: Page, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme in ("light", "dark"):
            wear(page, scheme)
            page.screenshot(path=folder / f"{width}-{scheme}.png")
