"""The model keeps every hard rule, and the checker detects a model without it."""

import pytest

from optimization.days.refusal import PlanRefused
from optimization.days.verification import findings_of_plan, refuse_broken_plan
from optimization.verification.checks import CHECKS
from optimization.verification.evidence import HardRule
from tests.optimization.verification.cases import CASES
from tests.optimization.verification.worlds import Case


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_model_keeps_the_rule(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = case.world.planned()
    case.without(monkeypatch)
    broken = case.world.planned()

    assert not case.is_broken(kept)
    assert case.is_broken(broken)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_checker_passes_a_plan_that_keeps_the_rule(case: Case) -> None:
    assert findings_of_plan(case.world.planned()) == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_checker_refuses_a_plan_of_a_model_without_the_rule(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.without(monkeypatch)

    with pytest.raises(PlanRefused) as refused:
        refuse_broken_plan(case.world.planned())

    assert refused.value.rules == (case.rule.value,)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_checker_without_the_rule_finds_nothing(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.without(monkeypatch)
    monkeypatch.delitem(CHECKS, case.rule)

    assert findings_of_plan(case.world.planned()) == []


def test_every_rule_about_a_planned_departure_has_its_case() -> None:
    of_requests = {
        HardRule.REQUIRED_GUIDE,
        HardRule.EXCLUDED_GUIDE,
        HardRule.ROOM,
        HardRule.WEATHER,
        HardRule.ACCESSIBILITY,
    }

    assert {case.rule for case in CASES} == CHECKS.keys() - of_requests
