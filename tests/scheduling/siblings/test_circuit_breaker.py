from threading import Barrier, Thread

import pytest
from prometheus_client import REGISTRY

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import Sibling
from scheduling.siblings import SiblingFailure, SiblingUnavailable, trip_catalog
from scheduling.siblings.circuit_breaker import MAX_FAILURES, Circuit, circuit_of
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.tasks import run
from tests.scheduling.siblings.examples import calls_made
from tests.siblings import SimulatedSiblings

CATALOG = Sibling.TRIP_CATALOG


def ask() -> None:
    run(trip_catalog.read_regions(SiblingReader(Deadline.after(2), fresh=True)))


def open_circuit(siblings: SimulatedSiblings) -> None:
    siblings.switch(CATALOG, "failing")
    while circuit_of(CATALOG).breaker.current_state == "closed":
        with pytest.raises(SiblingUnavailable):
            ask()


def test_a_circuit_opens_after_some_failures_and_then_no_call_is_made(siblings: SimulatedSiblings) -> None:
    open_circuit(siblings)
    before = calls_made()

    with pytest.raises(SiblingUnavailable, match="circuit open") as refused:
        ask()

    assert not isinstance(refused.value, SiblingFailure)
    assert calls_made() == before
    assert REGISTRY.get_sample_value("sibling_circuit_open", {"sibling": CATALOG}) == 1


def test_a_circuit_closes_when_a_call_after_its_rest_works(siblings: SimulatedSiblings) -> None:
    open_circuit(siblings)
    siblings.switch(CATALOG, "ok")
    circuit_of(CATALOG).breaker.reset_timeout = 0

    ask()

    assert circuit_of(CATALOG).breaker.current_state == "closed"
    assert REGISTRY.get_sample_value("sibling_circuit_open", {"sibling": CATALOG}) == 0


def test_a_circuit_stays_open_when_a_call_after_its_rest_fails(siblings: SimulatedSiblings) -> None:
    open_circuit(siblings)
    circuit_of(CATALOG).breaker.reset_timeout = 0

    with pytest.raises(SiblingUnavailable):
        ask()

    assert circuit_of(CATALOG).breaker.current_state == "open"


def test_the_circuits_of_others_stay_closed(siblings: SimulatedSiblings) -> None:
    open_circuit(siblings)

    assert run(circuit_of(Sibling.WEATHER).allows_call(Deadline.after(0)))


def test_what_is_not_found_is_no_failure() -> None:
    circuit = Circuit(CATALOG)

    for succeeded in [False] * (MAX_FAILURES - 1) + [True] + [False] * (MAX_FAILURES - 1) + [None]:
        assert run(circuit.allows_call(Deadline.after(0)))
        circuit.record(succeeded=succeeded)

    assert circuit.breaker.current_state == "closed"


def test_one_call_tries_a_rested_circuit_and_the_others_wait_for_it() -> None:
    circuit = Circuit(CATALOG)
    circuit.breaker.open()
    circuit.breaker.reset_timeout = 0
    assert run(circuit.allows_call(Deadline.after(1)))
    waiting, let_through = Barrier(2), []

    def another() -> None:
        waiting.wait(5)
        let_through.append(run(circuit.allows_call(Deadline.after(5))))

    thread = Thread(target=another)
    thread.start()
    waiting.wait(5)
    circuit.record(succeeded=True)
    thread.join(5)

    assert let_through == [True]


def test_who_has_no_time_to_wait_for_the_trial_is_refused() -> None:
    circuit = Circuit(CATALOG)
    circuit.breaker.open()
    circuit.breaker.reset_timeout = 0

    assert run(circuit.allows_call(Deadline.after(1)))
    assert not run(circuit.allows_call(Deadline.after(0)))
