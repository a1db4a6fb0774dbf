import gettext
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from novatrek_scheduling.console import marks, navigation, states
from tests.factories import TOMORROW, DepartureFactory, TeamMemberFactory
from tests.novatrek_scheduling.console.board.days import store_day
from tests.novatrek_scheduling.console.catalogs import SPANISH, entries_of
from tests.novatrek_scheduling.console.people import signed_in


def board(client: Client, *, accepts: str = "") -> str:
    headers = {"accept-language": accepts} if accepts else {}
    shown = client.get(reverse("console:board"), {"date": TOMORROW.isoformat(), "view": "table"}, headers=headers)
    return shown.content.decode()


@pytest.fixture
def day(groups: None, siblings: object, db: None) -> None:
    store_day({uuid4(): DepartureFactory(trip_name="Rim walk"), uuid4(): DepartureFactory(team=[TeamMemberFactory()])})


@pytest.mark.usefixtures("day")
def test_the_board_is_in_the_language_of_the_browser() -> None:
    page = board(signed_in("Auditor"), accepts="es-MX,es;q=0.9,en;q=0.5")

    assert '<html lang="es"' in page
    for words in (
        "Planes diarios",
        "Tiempo y campamentos base",
        "Falta guía",
        "Requiere su atención: 1 salida",
        "Huéspedes",
    ):
        assert words in page
    with translation.override("es"):
        assert date_format(TOMORROW, "LONG_DATE_FORMAT") in page
    assert " de " in page.split('class="nb-heading">')[1].split("</h2>")[0]


@pytest.mark.usefixtures("day")
def test_a_language_that_is_not_there_is_english() -> None:
    page = board(signed_in("Auditor"), accepts="fi")

    assert '<html lang="en"' in page
    assert "Needs guide" in page


@pytest.mark.usefixtures("day")
def test_what_is_chosen_in_the_profile_menu_goes_before_the_browser() -> None:
    auditor = signed_in("Auditor")
    assert f'action="{reverse("set_language")}"' in board(auditor)

    chosen = auditor.post(reverse("set_language"), {"language": "es", "next": reverse("console:board")})

    assert chosen["Location"] == reverse("console:board")
    assert "Falta guía" in board(auditor, accepts="en")
    assert "Falta guía" not in board(signed_in("Dispatcher"), accepts="en")


@pytest.mark.usefixtures("day")
def test_the_api_answers_in_english_whatever_a_client_accepts() -> None:
    address = reverse("daily-schedule-list")

    refused = Client().get(address, headers={"accept-language": "es"})

    assert refused.status_code == 401
    assert "credentials were not provided" in refused.json()["message"]


def test_navigation_and_words_of_states_are_in_spanish() -> None:
    looks = [*states._PHASE_LOOKS.values(), *marks.SEVERITIES.values(), marks.UNKNOWN, marks.PINNED, marks.CHANGED]
    groups = navigation.sidebar()
    titles = [item["title"] for group in [*groups, *navigation.tabs()] for item in group["items"]]
    titles += [group["title"] for group in groups if "title" in group]

    shown = [*titles, *(look.word for look in looks)]

    assert {str(text) for text in shown} - entries_of(source()).keys() == set()


def test_the_compiled_catalog_is_that_of_the_source() -> None:
    with (SPANISH / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    entries = entries_of(source())
    assert len(entries) > 200
    for text, [translated, *_plural] in entries.items():
        if text:
            assert compiled.ngettext(text, text, 1) == translated or compiled.gettext(text) == translated


def source() -> str:
    return (SPANISH / "django.po").read_text(encoding="utf-8")
