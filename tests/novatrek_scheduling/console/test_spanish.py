"""All of the console is in Spanish: what templates and code mark, the labels of tables, the words of values."""

from collections.abc import Collection, Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from django.contrib import admin

from conflicts.detection import Severity
from novatrek_scheduling.console.model_words import own_models
from optimization.models import RunStatus
from optimization.solver.solution import PlanStatus
from scheduling.domain.document import AssignmentStatus, DepartureStatus
from scheduling.domain.facts import Difficulty, TrailCondition
from scheduling.domain.words import in_words
from scheduling.models import RequestStatus
from scheduling.rules import Rule
from tests.browser.addresses import opened
from tests.browser.world import build_world
from tests.novatrek_scheduling.console.catalogs import (
    SPANISH,
    entries_of,
    pairs_in,
    placeholders_of,
    texts_of_code,
    texts_of_template,
    waiting_in,
)
from tests.novatrek_scheduling.console.people import signed_in
from tests.novatrek_scheduling.console.seen_texts import SeenTexts
from tests.siblings import SimulatedSiblings

TEMPLATES = sorted(path.relative_to("templates").as_posix() for path in Path("templates").rglob("*.html"))
PACKAGES = ("novatrek_scheduling", "scheduling", "conflicts", "optimization", "events")
OF_OTHERS = ("admin:auth_", "admin:django_celery_beat_")
"""Tables of packages, which bring their own translations."""
AS_STORED = frozenset({"reservations", "no forecast"})
"""The name of a topic, and a warning that a client was sent."""


def source() -> str:
    return (SPANISH / "django.po").read_text(encoding="utf-8")


def test_every_text_of_a_template_is_in_spanish() -> None:
    """Red: run `make messages`, and fill in what is empty."""
    known = entries_of(source()).keys()

    assert {template: missing for template in TEMPLATES if (missing := texts_of_template(template) - known)} == {}


def test_every_text_of_the_code_is_in_spanish() -> None:
    """Red: run `make messages`, and fill in what is empty."""
    known = entries_of(source()).keys()
    modules = [path for package in PACKAGES for path in Path(package).rglob("*.py")]

    assert {str(path): missing for path in modules if (missing := texts_of_code(path) - known)} == {}


def test_no_translation_is_empty_or_waits_to_be_checked() -> None:
    assert waiting_in(source()) == []


def test_a_translation_has_room_for_the_same_values() -> None:
    wrong = {
        english: spanish
        for english, spanish in pairs_in(source())
        if english and placeholders_of(spanish) != placeholders_of(english)
    }

    assert wrong == {}


def test_the_labels_of_tables_columns_and_values_are_in_spanish() -> None:
    shown = set()
    for model in own_models():
        fields = [field for field in model._meta.fields if not field.name.endswith(("_id", "_ids", "_digest"))]
        shown |= {str(model._meta.verbose_name), str(model._meta.verbose_name_plural)}
        shown |= {str(label) for field in fields for _value, label in field.flatchoices}
        shown |= {str(field.verbose_name) for field in fields if model in admin.site._registry}

    assert {text for text in shown if not text.endswith((" id", " ids"))} - entries_of(source()).keys() == set()


VALUES = [
    DepartureStatus,
    AssignmentStatus,
    RequestStatus,
    RunStatus,
    PlanStatus,
    Severity,
    Rule,
    TrailCondition,
    Difficulty,
]


@pytest.mark.parametrize("values", VALUES, ids=lambda values: values.__name__)
def test_the_words_of_values_are_in_spanish(values: type[StrEnum]) -> None:
    assert {in_words(value) for value in values} - entries_of(source()).keys() == set()


@pytest.mark.timeout(300)
@pytest.mark.django_db
@pytest.mark.usefixtures("groups")
def test_a_page_in_spanish_has_no_text_that_could_be_in_spanish(siblings: SimulatedSiblings) -> None:
    english = {text for text, [translated, *_plural] in entries_of(source()).items() if text != translated}
    person = signed_in(is_superuser=True)
    person.defaults["HTTP_ACCEPT_LANGUAGE"] = "es"
    world = build_world(siblings)

    found = [
        f"{name}: {text}"
        for name, _address, page in opened(world, person, but=OF_OTHERS)
        for text in english_in(page, english)
    ]

    assert not found, "\n".join(found)


def english_in(page: str, english: Collection[str]) -> Iterator[str]:
    """Yield the texts of a page that have a translation, capital or not."""
    for text in SeenTexts(page).seen:
        beginning = text[:1].lower() + text[1:]
        if text not in AS_STORED and (text in english or beginning in english):
            yield text
