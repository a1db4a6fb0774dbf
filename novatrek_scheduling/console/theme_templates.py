"""Templates with what they lack for people who listen to a page: icons that are not read aloud.

An icon is a ligature of a font: its element contains the icon's name ("crisis_alert"), which would be read.
"""

import re

from django.template import Origin
from django.template.loaders import app_directories, filesystem

ICON = re.compile(r"<(span|div|i)\b(?=[^>]*\bmaterial-symbols-outlined\b)(?![^>]*\baria-hidden\b)")


class OwnTemplates(filesystem.Loader):
    """Loads the templates of this project."""

    def get_contents(self, origin: Origin) -> str:
        return silence_icons(super().get_contents(origin))


class ThemeTemplates(app_directories.Loader):
    """Loads the templates of the installed apps, the theme's among them."""

    def get_contents(self, origin: Origin) -> str:
        return silence_icons(super().get_contents(origin))


def silence_icons(source: str) -> str:
    """Return a template in which every element of an icon is hidden from assistive technology."""
    return ICON.sub(r'<\1 aria-hidden="true"', source)
