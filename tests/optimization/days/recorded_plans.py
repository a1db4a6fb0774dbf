"""The plans of a hundred seeded days, and their record in this folder.

`python -m tests.optimization.days.renew_recorded_plans` renews the record after an intended change of a rule or of an
objective; what changed in it is part of that change.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from optimization.days.planner import assign_guides, form_teams, guides_to_certify
from tests.optimization.days.seeded_days import seeded_day

RECORD = Path(__file__).parent / "recorded_plans.json"
SEEDS = range(100)
NO_HURRY_SECONDS = 60


def plan_of(seed: int) -> dict[str, Any]:
    """Return all that is decided on the day of a seed: who is asked for certificates, who may go where, who goes."""
    inputs = seeded_day(seed)
    plan = form_teams(assign_guides(inputs, time_limit_seconds=NO_HURRY_SECONDS), inputs.facts)
    return {
        "certified": sorted(map(str, guides_to_certify(inputs))),
        "excluded": {
            str(key): {
                str(guide): [exclusion.rule.value, exclusion.message, sorted(exclusion.about)]
                for guide, exclusion in assessment.excluded.items()
            }
            for key, assessment in sorted(plan.assessments.items())
        },
        "pairs": [
            [str(pair.departure_id), str(pair.guide_id), pair.capacity, pair.score, pair.price, pair.is_kept]
            for pair in plan.problem.pairs
        ],
        "planned": {str(key): departure.model_dump(mode="json") for key, departure in sorted(plan.planned.items())},
        "held": sorted(map(str, plan.held)),
        "status": plan.solved.status.value,
        "objectives": list(plan.solved.objectives),
    }


def recorded(seed: int) -> dict[str, Any]:
    """Return what is kept of a plan: its digest, and figures that say what kind of day it was."""
    plan = plan_of(seed)
    return {
        "departures": len(plan["planned"]),
        "staffed": sum(bool(departure["team"]) for departure in plan["planned"].values()),
        "pairs": len(plan["pairs"]),
        "status": plan["status"],
        "digest": sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest(),
    }


def renew() -> None:
    """Replace the record by the plans as they are made now."""
    RECORD.write_text(json.dumps({str(seed): recorded(seed) for seed in SEEDS}, indent=1) + "\n")
