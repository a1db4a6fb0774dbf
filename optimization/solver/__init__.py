"""The exact solver: values in, values out. It knows neither Django nor any other package of the service."""

from optimization.solver.day import solve_day
from optimization.solver.request_model import solve_request

__all__ = ["solve_day", "solve_request"]
