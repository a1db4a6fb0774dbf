"""What axe-core finds on a page: everything of WCAG 2.2 A and AA, and its best practices."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "preload": False}
# Nothing but colours differs when it is dark.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"], "preload": False}
WIDTHS = (1440, 820, 390)
HEIGHT = 900


def violations(page: Page, within: str = "html") -> list[str]:
    """Return what is wrong at every width, light and dark, without loading the page again.

    `within` selects a part of it, such as a menu that covers others while it is open.
    """
    page.evaluate(SOURCE)
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme, options in (("light", EVERYTHING), ("dark", COLOURS)):
            wear(page, scheme)
            found += [f"{width} {scheme} {line}" for line in _run(page, within, options)]
    return found


def wear(page: Page, scheme: str) -> None:
    """Show the page light or dark: the console's by its class, others by what the system prefers."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.evaluate(
        """scheme => {
            document.documentElement.classList.toggle("dark", scheme === "dark");
            return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
        }""",
        scheme,
    )


def _run(page: Page, within: str, options: dict[str, Any]) -> list[str]:
    script = "([within, options]) => axe.run(within, options).then(result => result.violations)"
    rules = page.evaluate(script, [within, options])
    return [f"{rule['id']}: {node['target']} {_why(node)}" for rule in rules for node in rule["nodes"]]


def _why(node: dict[str, Any]) -> str:
    checks = node["any"] + node["all"] + node["none"]
    return "; ".join(check["message"] for check in checks) or node["html"][:120]
