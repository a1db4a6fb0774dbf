"""Circuits for tests: closed, as in a new process."""

from scheduling.domain.facts import Sibling
from scheduling.siblings import circuit_breaker
from scheduling.siblings.metrics import CIRCUIT_OPEN


def close_all_circuits() -> None:
    circuit_breaker._circuits_of_process.cache_clear()
    for sibling in Sibling:
        CIRCUIT_OPEN.labels(sibling).set(0)
