"""The tables of this app: the documented one of runs, which other teams read, and internal ones."""

from optimization.models.fragility import FragilityReport
from optimization.models.nights import Night, NightDate, NightDateQuerySet
from optimization.models.proposals import Proposal, ProposalQuerySet
from optimization.models.runs import Algorithm, OptimizationRun, RunDetail, RunJoin, RunStatus

__all__ = [
    "Algorithm",
    "FragilityReport",
    "Night",
    "NightDate",
    "NightDateQuerySet",
    "OptimizationRun",
    "Proposal",
    "ProposalQuerySet",
    "RunDetail",
    "RunJoin",
    "RunStatus",
]
