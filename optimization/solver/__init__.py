"""The exact solver: values in, values out. It knows neither Django nor any other package of the service."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimization.solver.day import solve_day
    from optimization.solver.request_model import solve_request

__all__ = ["solve_day", "solve_request"]

_MODULES = {"solve_day": "optimization.solver.day", "solve_request": "optimization.solver.request_model"}


def __getattr__(name: str) -> Any:
    """Import a solver on first use: a process that only needs the values must not load HiGHS (OR-Tools refuses it)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
