"""The refusals of proposals."""

from collections.abc import Mapping
from uuid import UUID

from novatrek_scheduling.errors import Conflicting, Impossible, Unknown


class UnknownProposal(Unknown):
    code = "UNKNOWN_PROPOSAL"


class ProposalClosed(Conflicting):
    """The proposal is not open to this: it is being made, or decided, or has expired."""

    code = "PROPOSAL_CLOSED"


class ProposalOutdated(Conflicting):
    """Departures of the proposal changed since it was made; it is being made anew."""

    code = "PROPOSAL_OUTDATED"


class ProposalNotApplicable(Impossible):
    """Chosen departures of a proposal cannot be accepted; `reasons` says why, by departure. Nothing was written."""

    code = "PROPOSAL_NOT_APPLICABLE"

    def __init__(self, message: str, reasons: Mapping[UUID, str]) -> None:
        super().__init__(message)
        self.reasons = dict(reasons)
