"""Tables of results for the terminal and for files, with the machine they were measured on."""

import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console
from rich.table import Table as RichTable

RESULTS = Path(__file__).resolve().parent / "results"
WIDTH = 120
PACKAGES = ("Django", "djangorestframework", "granian", "psycopg", "celery", "PuLP", "highspy", "ortools")


@dataclass(frozen=True, slots=True)
class Table:
    """Measurements; `notes` say how to read them."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: list[list[str]]
    notes: str

    def show(self) -> None:
        """Print the table and its notes."""
        shown = RichTable(title=self.title)
        for index, column in enumerate(self.columns):
            shown.add_column(column, justify="right" if index else "left", no_wrap=not index)
        for row in self.rows:
            shown.add_row(*row)
        console = Console(width=None if sys.stdout.isatty() else WIDTH)
        console.print(shown)
        if self.notes:
            console.print(self.notes)

    def keep(self) -> Path:
        """Write the table, with machine and date, to the directory of results, and return the file."""
        RESULTS.mkdir(exist_ok=True)
        lines = [
            f"# {self.title}",
            "",
            machine(),
            "",
            _line(self.columns),
            _line(["---", *["--:"] * (len(self.columns) - 1)]),
        ]
        file = RESULTS / f"{self.name}.md"
        file.write_text("\n".join([*lines, *map(_line, self.rows), "", self.notes, ""]))
        return file


def machine() -> str:
    """Return the machine, the versions and the time in one paragraph."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{package} {_version(package)}" for package in PACKAGES)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {os.cpu_count()} cores ({_processor()}), {memory:.0f} GB; "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}; {packages}. "
        f"Load average at the end: {load}. Client, server, database and workers share the cores."
    )


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that a `share` of `values` does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
