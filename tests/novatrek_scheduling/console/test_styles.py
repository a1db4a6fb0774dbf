"""The console has one palette: what is a colour, or the size of a text, is named in one file."""

import re
from pathlib import Path

import novatrek_scheduling
from optimization.solver.picture.style import DARK, LIGHT

STYLES = Path(novatrek_scheduling.__file__).parent / "static" / "console"
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:oklch|rgba?|hsla?)\(", re.IGNORECASE)
PROPERTY = re.compile(r"(--[\w-]+): ([^;]+);")
USED = re.compile(r"var\((--(?:c|nt)-[\w-]+)")


def palette() -> tuple[dict[str, str], dict[str, str]]:
    """Return the properties of the light and of the dark palette."""
    light, dark = (STYLES / "palette.css").read_text().split("html.dark {")
    return dict(PROPERTY.findall(light)), dict(PROPERTY.findall(dark.partition("}")[0]))


def other_styles() -> dict[str, str]:
    return {file.name: file.read_text() for file in STYLES.glob("*.css") if file.name != "palette.css"}


def test_only_the_palette_names_colours() -> None:
    assert {name: found for name, text in other_styles().items() if (found := COLOUR.findall(text))} == {}


def test_every_property_that_a_style_uses_is_in_the_palette() -> None:
    known = {name for name, _value in PROPERTY.findall((STYLES / "palette.css").read_text())}

    assert {
        name: unknown for name, text in other_styles().items() if (unknown := set(USED.findall(text)) - known)
    } == {}


def test_each_colour_of_the_light_palette_has_a_dark_one() -> None:
    light, dark = palette()

    colours = {name for name, value in light.items() if COLOUR.search(value)}
    assert colours <= dark.keys()


def test_the_pages_of_plans_wear_the_colours_of_the_console() -> None:
    light, dark = palette()

    assert LIGHT.items() <= light.items()
    assert DARK.items() <= dark.items()
