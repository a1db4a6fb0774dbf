"""Where a chromium is: on PATH, or in a package of npm."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGE = "@sparticuz/chromium@153.0.0"
EXTRACT = 'import("@sparticuz/chromium").then((package) => package.default.executablePath()).then(console.log)'
HOW_TO_GET_ONE = "There is no chromium: install Debian's package chromium, or node with npm and its registry."
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none"]


@cache
def chromium() -> str | None:
    """Return the path of a chromium, or None where none can be had."""
    on_path = (shutil.which(name) for name in NAMES)
    return next((path for path in on_path if path), None) or _of_npm()


def is_asked_of_this_machine() -> bool:
    """Whether a missing chromium is a failure: on the machines that decide about a change."""
    return bool(os.environ.get("CI"))


def _of_npm() -> str | None:
    if not (shutil.which("npm") and shutil.which("node")):
        return None
    home = CHECKOUT / ".sandbox" / "chromium"
    home.mkdir(parents=True, exist_ok=True)
    install = ["npm", "install", "--no-save", PACKAGE]
    try:
        if not (home / "node_modules").exists():
            subprocess.run(install, cwd=home, check=True, capture_output=True, timeout=300)
        extracted = subprocess.run(["node", "-e", EXTRACT], cwd=home, check=True, capture_output=True, timeout=60)
    except (subprocess.SubprocessError, OSError):
        return None
    return extracted.stdout.decode().strip()
