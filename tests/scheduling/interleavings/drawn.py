"""What hypothesis draws: plans, operations one by one and several at once."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from tests.scheduling.interleavings.operations import (
    FORBIDDEN,
    Book,
    Cancel,
    Enter,
    Merge,
    Operation,
    Optimize,
    Patch,
    Publish,
    Restore,
    Sql,
)
from tests.scheduling.interleavings.world import DEPARTURES, ENDS, GUIDES, TRAILS, TRIPS, newcomer

_departure_numbers = st.integers(0, DEPARTURES - 1)
_guide_ids = st.sampled_from([str(guide.id) for guide in GUIDES])
_guides: st.SearchStrategy[list[str]] = st.one_of(
    st.lists(_guide_ids, min_size=1, max_size=2, unique=True), st.just([])
)
_trail_ids = st.sampled_from([None, *(str(trail.id) for trail in TRAILS)])
# Half of them name the revision that they were made on: the latest that was known, mostly.
_behind = st.sampled_from([None, None, None, 0, 0, 1])


def _roles(guide_ids: list[str]) -> list[dict[str, str]]:
    return [
        {"guide_id": guide_id, "role": "ASSISTANT" if place else "LEAD"} for place, guide_id in enumerate(guide_ids)
    ]


def _planned_team(guide_ids: list[str], status: str) -> list[dict[str, Any]]:
    return [newcomer(member["guide_id"]) | member | {"assignment_status": status} for member in _roles(guide_ids)]


_plan_fields = st.fixed_dictionaries(
    {
        "team": st.builds(_planned_team, _guides, st.sampled_from(["TENTATIVE", "PENDING_APPROVAL"])),
        "catalog_participants": st.integers(0, 9),
    },
    optional={
        "trail_id": _trail_ids,
        "unassigned_reason": st.just({"code": "NO_CANDIDATE", "message": "nobody may lead it", "counts": {}}),
    },
)
# One of four dates is planned by two optimizers at once.
first_plans = st.sampled_from([[[0, 1, 2]], [[0, 1, 2]], [[0, 1, 2]], [[0, 1], [2]]])
plans = st.dictionaries(_departure_numbers, _plan_fields, min_size=1)

_plan_of_a_person = st.fixed_dictionaries(
    {},
    optional={
        "team": st.builds(_roles, _guides),
        "capacity": st.integers(2, 14),
        "trail_id": _trail_ids,
        "ends_at": st.sampled_from(ENDS),
    },
)
_status = st.builds(lambda value: {"status": value}, st.sampled_from(["CANCELLED", "DRAFT", "PUBLISHED"]))
_fields = st.one_of(_plan_of_a_person, _plan_of_a_person, _plan_of_a_person, _status)

_entry = st.fixed_dictionaries(
    {},
    optional={
        "availability_exceptions": st.sampled_from([[], None, ["away"]]),
        "max_group_size": st.sampled_from([None, 3, 12]),
        "restrictions": st.sampled_from([[], [{"kind": "NO_GUIDING"}]]),
        "guide_notes": st.sampled_from([None, "knee", "vertigo"]),
        "guide_preferences": st.sampled_from([None, {"pace": "slow"}, {"pace": None, "early": True}]),
    },
)

_patches = st.builds(Patch, _departure_numbers, _fields, _behind)
_merges = st.builds(Merge, st.integers(0, 2))
_optimizations = st.builds(Optimize, plans)
_entries = st.builds(Enter, st.integers(0, len(GUIDES) - 1), _entry, _behind)
_publications = st.builds(Publish, st.frozensets(_departure_numbers), st.booleans(), _behind)
_restores = st.builds(Restore, st.integers(1, 5), st.sampled_from([None, None, None, 0, 1]))
_bookings = st.builds(Book, st.integers(0, len(TRIPS) - 1), st.integers(1, 6))
_cancellations = st.builds(Cancel, st.integers(0, 3))
_by_hand = st.builds(
    Sql, _departure_numbers, st.sampled_from(["remark", "other_remark", "catalog_participants"]), st.integers(0, 9)
)

# Those who change plans meet each other most.
_OFTEN: Mapping[st.SearchStrategy[Operation], int] = {
    _merges: 2,
    _optimizations: 3,
    _patches: 6,
    _entries: 2,
    _publications: 3,
    _restores: 4,
    _bookings: 1,
    _cancellations: 1,
    _by_hand: 1,
    st.sampled_from(FORBIDDEN): 1,
}
operations = st.sampled_from([kind for kind, share in _OFTEN.items() for _ in range(share)]).flatmap(lambda kind: kind)


def races(at_once: int) -> st.SearchStrategy[list[Operation]]:
    """Two to `at_once` operations, of which nobody knows who comes first."""
    return st.lists(operations, min_size=2, max_size=at_once)
