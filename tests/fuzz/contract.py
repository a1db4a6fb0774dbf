"""The published contract as the source of generated requests, with the statuses that are documented beyond its own."""

from copy import deepcopy
from typing import Any

from tests.contracts.comparison import PUBLISHED

# Every operation may also lack a scope, be called too often, or need a store or sibling that does not answer.
OF_EVERY_OPERATION = ("403", "429", "503")
BEYOND_THE_CONTRACT = {
    "createScheduleRequest": ("409",),
    "getScheduleRequest": (),
    "getScheduleOptimization": (),
    "listScheduleConflicts": ("400",),
    "resolveScheduleConflict": (),
}
AN_ERROR = {
    "description": "An error.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}


def contract_with_documented_statuses() -> dict[str, Any]:
    """Return the contract, each operation with every status that it may answer with and no other."""
    contract: dict[str, Any] = deepcopy(PUBLISHED)
    for methods in contract["paths"].values():
        for operation in methods.values():
            for status in (*OF_EVERY_OPERATION, *BEYOND_THE_CONTRACT[operation["operationId"]]):
                operation["responses"].setdefault(status, AN_ERROR)
    return contract
