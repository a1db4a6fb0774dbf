"""The errors of resolving a conflict."""

from collections.abc import Iterable

from conflicts.detection import DetectedConflict
from novatrek_scheduling.errors import Conflicting, FieldProblem, Malformed, Unknown
from scheduling.domain.text import counted
from scheduling.domain.words import as_label


class UnknownConflict(Unknown):
    """There is no conflict with the given id."""

    code = "UNKNOWN_CONFLICT"


class UnknownOption(Malformed):
    """The conflict has no such option."""

    code = "UNKNOWN_RESOLUTION_OPTION"


class NotesRequired(Malformed):
    """Accepting a risk needs a reason."""

    code = "NOTES_REQUIRED"


class ConflictAlreadyResolved(Conflicting):
    """Another person or the system resolved the conflict before."""

    code = "CONFLICT_ALREADY_RESOLVED"


class ResolutionNotApplicable(Conflicting):
    """The premise of the option has changed; the options are recomputed."""

    code = "RESOLUTION_NOT_APPLICABLE"


class RiskTooHigh(Conflicting):
    """A risk that no person may accept, or only by overriding the warnings."""

    code = "RISK_TOO_HIGH"


class RiskNotAccepted(Conflicting):
    """The conflict has no acceptance in force that could be withdrawn."""

    code = "RISK_NOT_ACCEPTED"


class ExpiryOutOfRange(Malformed):
    """A risk can be accepted for the time from now to the end of its departures."""

    code = "EXPIRY_OUT_OF_RANGE"


class SecondaryConflicts(Conflicting):
    """The option would resolve the conflict and cause others."""

    code = "SECONDARY_CONFLICTS"

    def __init__(self, caused: Iterable[DetectedConflict]) -> None:
        self.caused = tuple(caused)
        problems = [
            FieldProblem("selected_resolution_id", f"{as_label(conflict.severity)}: {conflict.description}")
            for conflict in self.caused
        ]
        super().__init__(f"This would cause {counted(len(self.caused), 'new conflict')}.", *problems)
