"""What was looked up of the guides to know whose certificates are needed is what they are assigned by."""

from dataclasses import replace

from optimization.candidates.assessment import Crews
from optimization.days.planner import assign_guides, guides_to_certify
from tests.optimization.days.seeded_days import seeded_day


def test_a_plan_is_the_same_whether_guides_were_looked_up_before_their_certificates_or_only_then() -> None:
    for seed in range(0, 100, 7):
        inputs = seeded_day(seed)
        snapshot = inputs.facts.snapshot
        unread = replace(inputs, facts=inputs.facts.with_snapshot(snapshot.with_facts(certificates={})))
        crews = Crews(unread.facts, unread.context)
        certified = guides_to_certify(unread, crews)

        alone = assign_guides(inputs, time_limit_seconds=60)
        plan = assign_guides(inputs, time_limit_seconds=60, crews=crews)

        assert certified == guides_to_certify(inputs)
        assert plan.problem == alone.problem
        assert plan.planned == alone.planned
        assert plan.held == alone.held
