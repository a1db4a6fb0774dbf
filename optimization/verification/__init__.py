"""An independent judge of plans: every hard rule again, before a plan is stored.

Nothing here knows the model, the candidates or `scheduling.rules`: a mistake there is found here. It reads
the siblings' snapshot and the document, and judges in its own words and with its own arithmetic.
"""

from optimization.verification.checks import CHECKS, broken_rules, is_new_since
from optimization.verification.evidence import Engagement, Evidence, Finding, HardRule, Hold, Wanted
from optimization.verification.refusal import PlanRefused, refuse

__all__ = [
    "CHECKS",
    "Engagement",
    "Evidence",
    "Finding",
    "HardRule",
    "Hold",
    "PlanRefused",
    "Wanted",
    "broken_rules",
    "is_new_since",
    "refuse",
]
