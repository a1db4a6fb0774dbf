"""Resolution strategies, one module each: every option they offer is checked against every hard rule."""

from conflicts.resolution.registry import register_last_resort, register_search
from optimization.strategies.adjust_capacity import search_other_sizes
from optimization.strategies.cancel_trip import search_cancellations
from optimization.strategies.close_trail import search_other_trails
from optimization.strategies.follow_catalog import search_reschedulings
from optimization.strategies.merge_departures import search_mergers
from optimization.strategies.reassign_guide import search_reassignments
from optimization.strategies.split_group import search_splits


def register_searches() -> None:
    """Register the searches with the registry of the conflicts app, the quick ones that touch few people first."""
    register_search(search_reassignments)
    register_search(search_other_trails)
    register_search(search_other_sizes)
    register_search(search_mergers)
    register_search(search_reschedulings)
    register_search(search_splits)
    register_last_resort(search_cancellations)
