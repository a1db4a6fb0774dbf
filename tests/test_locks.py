"""The locks: what is installed anywhere, from the newest machine to production, is what the project says it needs."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
EXTRAS = {"runtime": (), "sandbox": ("sandbox",), "dev": ("sandbox", "dev"), "bench": ("bench",)}


@pytest.mark.parametrize("lock", EXTRAS)
def test_a_lock_has_every_package_that_is_needed(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [package for extra in EXTRAS[lock] for package in project["optional-dependencies"][extra]]
    locked = {}
    for line in (ROOT / "locks" / f"{lock}.txt").read_text().splitlines():
        name, is_pinned, version = line.removesuffix(" \\").partition("==")
        if is_pinned and not line.startswith((" ", "#")):
            locked[canonicalize_name(name.partition("[")[0])] = version

    needed = [Requirement(package) for package in [*project["dependencies"], *extras]]

    def is_locked(need: Requirement) -> bool:
        name = canonicalize_name(need.name)
        return name in locked and need.specifier.contains(locked[name])

    assert len(needed) > 30
    assert [str(need) for need in needed if not is_locked(need)] == []
