"""Settings of the console: appearance, navigation and date formats."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static

from novatrek_scheduling.console.navigation import sidebar, tabs
from novatrek_scheduling.environment import env

__all__ = [
    "COMPANY_TIME_ZONE",
    "FORMAT_MODULE_PATH",
    "LANGUAGES",
    "LANGUAGE_CODE",
    "LANGUAGE_COOKIE_AGE",
    "LANGUAGE_COOKIE_HTTPONLY",
    "LANGUAGE_COOKIE_SAMESITE",
    "LOGIN_REDIRECT_URL",
    "LOGIN_URL",
    "UNFOLD",
    "USE_I18N",
]

COMPANY_TIME_ZONE = env.time_zone("COMPANY_TIME_ZONE", default="America/Los_Angeles")
FORMAT_MODULE_PATH = "novatrek_scheduling.console.formats"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "español")]
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"


def _file(path: str) -> Callable[[HttpRequest], str]:
    return lambda _request: static(path)


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "NovaTrek Scheduling",
    "SITE_HEADER": "NovaTrek Scheduling",
    "SITE_SYMBOL": "hiking",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _file("console/favicon.svg")}],
    "SITE_URL": None,
    "STYLES": [
        _file("console/palette.css"),
        _file("console/console.css"),
        _file("console/frame.css"),
        _file("console/records.css"),
        _file("console/states.css"),
        _file("console/search.css"),
    ],
    "SCRIPTS": [_file("console/frame.js"), _file("console/fresh.js"), _file("console/search.js")],
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "6px",
    "ENVIRONMENT": ["Sandbox", "info"] if env.bool("SANDBOX", default=False) else ["Production", "danger"],
    "DASHBOARD_CALLBACK": "novatrek_scheduling.console.home.views.home_context",
    "SIDEBAR": {"navigation": sidebar()},
    "TABS": tabs(),
    # The shade 600 of links and buttons has a contrast of 5.5 on white (WCAG 2 AA requires 4.5).
    "COLORS": {
        "primary": {
            "50": "oklch(97.9% .021 166.113)",
            "100": "oklch(95% .052 163.051)",
            "200": "oklch(90.5% .093 164.15)",
            "300": "oklch(84.5% .143 164.978)",
            "400": "oklch(76.5% .177 163.223)",
            "500": "oklch(64% .15 163)",
            "600": "oklch(50.8% .118 165.612)",
            "700": "oklch(43.2% .095 166.913)",
            "800": "oklch(37.8% .077 168.94)",
            "900": "oklch(32% .065 170)",
            "950": "oklch(26.2% .051 172.552)",
        },
    },
}
