"""Every page of the console speaks in words: nobody reads an id, a code, raw data or "1 departures" on any."""

import re
from collections.abc import Iterator

import pytest

from tests.browser.addresses import opened
from tests.browser.world import build_world
from tests.novatrek_scheduling.console.people import signed_in
from tests.novatrek_scheduling.console.seen_texts import SeenTexts
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups"), pytest.mark.timeout(300)]

NO_WORDS = {
    "an id": re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}|\b)"),
    "raw data": re.compile(r"""[\[{]\s*["'{]|<\w+[:>]"""),
    "a code": re.compile(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b"),
    "a plural of one": re.compile(r"\b1 (?!across|less|loss|plus|waits)\w+s\b"),
    "nothing, as Python spells it": re.compile(r"\bNone\b"),
}
ALLOWED = {
    # English sentences and a button that begin with the word.
    "None.",
    "None",
    "None ticked: all of them.",
    "None: every plan that can still be changed is as in this revision.",
}
OF_THE_LIBRARY = re.compile(r"Queue defined in CELERY_TASK_QUEUES|JSON encoded|last triggered the task to run")
"""Help texts of django-celery-beat's form for periodic tasks, beside fields that take JSON and names of queues."""


def found_on(page: str) -> Iterator[str]:
    """Yield what is no word for people in the texts of a page."""
    for text in SeenTexts(page).seen:
        if text not in ALLOWED and not OF_THE_LIBRARY.search(text):
            for kind, pattern in NO_WORDS.items():
                if match := pattern.search(text):
                    yield f"{kind}, {match[0]!r}, in {text[:120]!r}"


def test_every_page_speaks_in_words(siblings: SimulatedSiblings) -> None:
    world = build_world(siblings)

    found = [
        f"{name}: {line}"
        for name, _address, page in opened(world, signed_in(is_superuser=True))
        for line in found_on(page)
    ]

    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "Ana Ruiz (1092c23d)",
        "8649e7a0-435e-5227-8514-8d412566ad91",
        '{"guests": 4}',
        "[{}]",
        "TRAIL_CLOSED",
        "1 departures",
        "&lt;freq: 30.00 seconds&gt;",
        "until None",
    ],
)
def test_what_is_no_word_is_found(text: str) -> None:
    assert len(list(found_on(f"<p>{text}</p>"))) == 1


@pytest.mark.parametrize(
    "page",
    [
        "<p>1 departure, 21 guests, in 2026</p>",
        '<a href="/guides/1092c23d-a8cd-5ef4-8c77-53caff854746/">Ana Ruiz</a>',
        '<script type="application/json">{"a": 1}</script>',
        '<details class="c-as-sent"><pre>{"guests": 4}</pre></details>',
    ],
)
def test_what_nobody_reads_does_not_count(page: str) -> None:
    assert list(found_on(page)) == []
