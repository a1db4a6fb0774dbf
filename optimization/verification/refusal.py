"""A plan that breaks a hard rule is not stored, and that it was made is a bug that everybody hears of."""

from collections.abc import Sequence

import structlog
from prometheus_client import Counter

from novatrek_scheduling.errors import DomainError
from optimization.verification.evidence import Finding

logger = structlog.get_logger(__name__)

plans_refused = Counter("plans_refused", "Plans of ours that broke a hard rule and were not stored.")

MOST_TOLD = 20


class PlanRefused(DomainError):
    """The checker found a plan of ours to break hard rules; `findings` says which, where and for whom.

    Planning again would make the same mistake: what was planned before stays until somebody looks.
    """

    code = "PLAN_REFUSED"

    def __init__(self, findings: Sequence[Finding]) -> None:
        rules = sorted({finding.rule.value for finding in findings})
        told = "; ".join(map(_spoken, findings[:MOST_TOLD]))
        more = f"; and {len(findings) - MOST_TOLD} more" if len(findings) > MOST_TOLD else ""
        super().__init__(f"The plan breaks {', '.join(rules)} and was not stored. {told}{more}.")
        self.findings = tuple(findings)
        self.rules = tuple(rules)
        self.guide_names: tuple[str, ...] = ()


def _spoken(finding: Finding) -> str:
    where = f"departure {finding.departure_id}" if finding.departure_id else "the daily schedule"
    return f"{finding.rule} at {where}: {finding.message}"


def refuse(findings: Sequence[Finding]) -> None:
    """Raise PlanRefused where anything was found, counted and logged as an error of ours."""
    if findings:
        refused = PlanRefused(findings)
        plans_refused.inc()
        logger.error("plan_refused", rules=refused.rules, reason=refused.message)
        raise refused
