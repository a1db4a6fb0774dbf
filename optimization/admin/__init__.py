"""Optimization in the console: runs, the comparison of two runs, and nights."""

from optimization.admin.nights import NightAdmin
from optimization.admin.runs import OptimizationRunAdmin

__all__ = ["NightAdmin", "OptimizationRunAdmin"]
