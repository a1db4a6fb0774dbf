"""Every page, light and dark, at three widths: nothing that axe-core finds, no error, nothing from elsewhere.

And no page is heavy, shows an icon as a word, or is wider than a phone.
"""

import pytest
from playwright.sync_api import Page

from tests.browser.addresses import pages, sections
from tests.browser.axe import violations
from tests.browser.conftest import Person
from tests.browser.weight import Scales
from tests.browser.world import build_world
from tests.novatrek_scheduling.console.people import signed_in
from tests.siblings import SimulatedSiblings
from tests.words import codes_and_ids_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


MOST_BYTES = 300_000
# An icon whose name the font does not know is as wide as the word.
WORDS = """() => [...document.querySelectorAll(".material-symbols-outlined")]
    .filter((icon) => icon.getBoundingClientRect().width > 2 * parseFloat(getComputedStyle(icon).fontSize))
    .map((icon) => icon.textContent)"""


# On a phone, the last width that was looked at, nothing reaches over the edge but what scrolls by itself.
OVER_THE_EDGE = """() => {
    const scrolls = (element) => element && (["auto", "scroll", "hidden"].includes(getComputedStyle(element).overflowX)
        ? element !== document.documentElement && element !== document.body
        : scrolls(element.parentElement));
    return [...document.querySelectorAll("main :is(th, td, p, li, h2, h3, label, input, select, button, a)")]
        .filter((element) => element.checkVisibility() && element.getBoundingClientRect().width > 1)
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !scrolls(element.parentElement))
        .map((element) => element.textContent.trim().slice(0, 40) || element.tagName);
}"""


def looked_at(page: Page, name: str, address: str, scales: Scales) -> list[str]:
    """Open a page and return what is wrong with it."""
    scales.empty()
    answer = page.goto(address)
    if answer is None or answer.status != 200 or answer.request.redirected_from is not None:
        return [f"{name} {address} is not shown"]
    found = [*violations(page), *_codes_on(page, name), *(f"has no icon {word}" for word in page.evaluate(WORDS))]
    found += [f"reaches over the edge: {text}" for text in page.evaluate(OVER_THE_EDGE)]
    if (weight := scales.weight()) > MOST_BYTES:
        found.append(f"weighs {weight:,} bytes")
    return [f"{name} {line}" for line in found]


def _codes_on(page: Page, name: str) -> list[str]:
    """Codes and ids that the console's own pages show, as a browser shows them; all pages are walked without one."""
    text = page.inner_text("main") if name.startswith("console:") else ""
    return [f"shows {code}" for code in codes_and_ids_in(text)]


@pytest.mark.parametrize("section", sections())
def test_every_page_can_be_seen_heard_and_worked_by_everybody(
    person: Person, siblings: SimulatedSiblings, section: str
) -> None:
    page = person()
    scales = Scales(page)
    addresses = pages(build_world(siblings), signed_in(is_superuser=True), section)

    found = [line for name, address in addresses.items() for line in looked_at(page, name, address, scales)]

    assert addresses
    assert not found, "\n".join(found)


def test_the_page_for_signing_in_too(person: Person) -> None:
    page = person()
    page.context.clear_cookies()

    assert looked_at(page, "login", "/admin/login/", Scales(page)) == []
