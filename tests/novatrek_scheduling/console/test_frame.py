import re

import pytest
from django.template import engines
from django.test import Client
from django.urls import reverse

from novatrek_scheduling.console.theme_templates import ICON
from tests.novatrek_scheduling.console.people import signed_in

pytestmark = pytest.mark.django_db

PAGES = ("admin:index", "admin:scheduling_schedulerequest_changelist", "admin:password_change", "console:board")


def icons_read_aloud(page: str) -> list[str]:
    return [found[0] for found in ICON.finditer(page)]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_has_one_main_part_with_a_link_to_it_and_silent_icons(address: str) -> None:
    page = signed_in(is_superuser=True).get(reverse(address)).content.decode()

    assert page.count("<main") == 1
    assert page.index('href="#content"') < page.index("<nav") < page.index("<main") < page.index('id="content"')
    assert icons_read_aloud(page) == []


def test_who_signs_in_meets_a_main_part_and_silent_icons() -> None:
    page = Client().get(reverse("admin:login")).content.decode()

    assert page.count("<main") == 1
    assert icons_read_aloud(page) == []


def test_controls_of_the_frame_are_buttons() -> None:
    page = signed_in(is_superuser=True).get(reverse("admin:conflicts_scheduleconflict_changelist")).content.decode()

    clickable = re.findall(r"<(\w+)\b[^>]*\sx-on:click=", page)
    assert set(clickable) <= {"button"}, clickable


def test_icons_of_widgets_are_silent_too() -> None:
    page = signed_in(is_superuser=True).get(reverse("admin:auth_user_add")).content.decode()

    assert "material-symbols-outlined" in page
    assert icons_read_aloud(page) == []


def test_the_name_of_an_icon_is_hidden_in_templates_of_the_theme() -> None:
    template = engines["django"].get_template("unfold/helpers/add_link.html").template

    assert icons_read_aloud(template.source) == []
