"""Refusal of a plan that breaks a hard rule; that it was made is a fault of this service, counted and logged."""

from collections.abc import Sequence

import structlog
from prometheus_client import Counter

from novatrek_scheduling.errors import DomainError
from optimization.verification.evidence import Finding

logger = structlog.get_logger(__name__)

plans_refused = Counter("plans_refused", "Own plans that broke a hard rule and were not stored.")

MAX_LISTED = 20


class PlanRefused(DomainError):
    """A plan of this service breaks hard rules; `findings` has the rules, departures and guides.

    Planning again would repeat the fault: the stored plan stays until the fault is corrected.
    """

    code = "PLAN_REFUSED"

    def __init__(self, findings: Sequence[Finding]) -> None:
        rules = sorted({finding.rule.value for finding in findings})
        listed = "; ".join(map(_text_of, findings[:MAX_LISTED]))
        more = f"; and {len(findings) - MAX_LISTED} more" if len(findings) > MAX_LISTED else ""
        super().__init__(f"The plan breaks {', '.join(rules)} and was not stored. {listed}{more}.")
        self.findings = tuple(findings)
        self.rules = tuple(rules)
        self.guide_names: tuple[str, ...] = ()


def _text_of(finding: Finding) -> str:
    where = f"departure {finding.departure_id}" if finding.departure_id else "the daily schedule"
    return f"{finding.rule} at {where}: {finding.message}"


def refuse(findings: Sequence[Finding]) -> None:
    """Raise PlanRefused for findings, if there are any; count and log it as an error."""
    if findings:
        refused = PlanRefused(findings)
        plans_refused.inc()
        logger.error("plan_refused", rules=refused.rules, reason=refused.message)
        raise refused
