"""The icons of the console: the font that is shipped has those that pages use."""

from tests.fonts.icons import KNOWN, names_in_use
from tests.fonts.shipped import digest, shipped


def test_every_icon_that_a_page_may_show_is_in_the_shipped_font() -> None:
    used = names_in_use()

    assert used - KNOWN == set(), "the theme's font has no such icon"
    assert used - shipped()[1] == set(), "run `make fonts`"


def test_the_list_of_shipped_icons_is_that_of_the_font() -> None:
    noted_down, names = shipped()

    assert digest(names) == noted_down, "run `make fonts`"


def test_icons_are_found_wherever_a_page_gets_them_from() -> None:
    template, passed_on, python, style = "chevron_left", "visibility_off", "crisis_alert", "check_small"

    assert {template, passed_on, python, style} <= names_in_use()
