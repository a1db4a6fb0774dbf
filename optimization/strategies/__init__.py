"""Resolution strategies, one module each: every option they offer is checked against every hard rule."""

from conflicts.resolution.registry import register_search
from optimization.strategies.adjust_capacity import search_other_sizes
from optimization.strategies.close_trail import search_other_trails
from optimization.strategies.follow_catalog import search_reschedulings
from optimization.strategies.reassign_guide import search_reassignments


def register_searches() -> None:
    """Register the searches with the registry of the conflicts app."""
    register_search(search_reassignments)
    register_search(search_other_trails)
    register_search(search_other_sizes)
    register_search(search_reschedulings)
