"""A plan that breaks a hard rule is not stored, and that it was made is a bug that everybody hears of."""

from collections.abc import Sequence

from novatrek_scheduling.errors import DomainError
from optimization.checking.evidence import Finding

MOST_TOLD = 20


class PlanRefused(DomainError):
    """The checker found a plan of ours to break hard rules; `findings` says which, where and for whom."""

    code = "PLAN_REFUSED"

    def __init__(self, findings: Sequence[Finding]) -> None:
        rules = sorted({finding.rule.value for finding in findings})
        told = "; ".join(map(_spoken, findings[:MOST_TOLD]))
        more = f"; and {len(findings) - MOST_TOLD} more" if len(findings) > MOST_TOLD else ""
        super().__init__(f"The plan breaks {', '.join(rules)} and was not stored. {told}{more}.")
        self.findings = tuple(findings)
        self.rules = tuple(rules)


def _spoken(finding: Finding) -> str:
    where = f"departure {finding.departure_id}" if finding.departure_id else "the daily schedule"
    return f"{finding.rule} at {where}: {finding.message}"


def refuse(findings: Sequence[Finding]) -> None:
    """Raise PlanRefused where anything was found."""
    if findings:
        raise PlanRefused(findings)
