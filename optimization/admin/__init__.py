"""Optimization in the console: runs, two of them side by side, and nights."""

from optimization.admin.nights import NightAdmin
from optimization.admin.runs import OptimizationRunAdmin

__all__ = ["NightAdmin", "OptimizationRunAdmin"]
