"""What resolving a conflict can be refused for."""

from collections.abc import Iterable

from conflicts.detection import DetectedConflict
from novatrek_scheduling.errors import Conflicting, FieldProblem, Malformed, Unknown


class UnknownConflict(Unknown):
    code = "UNKNOWN_CONFLICT"


class UnknownOption(Malformed):
    """The conflict has no such option."""

    code = "UNKNOWN_RESOLUTION_OPTION"


class NotesRequired(Malformed):
    """Whoever accepts a risk says why."""

    code = "NOTES_REQUIRED"


class ConflictAlreadyResolved(Conflicting):
    """Somebody else, or the system, was first."""

    code = "CONFLICT_ALREADY_RESOLVED"


class ResolutionNotApplicable(Conflicting):
    """What the option was computed on has changed; the options are computed anew."""

    code = "RESOLUTION_NOT_APPLICABLE"


class RiskTooHigh(Conflicting):
    """Nobody may accept this, or not without saying that the warnings are known."""

    code = "RISK_TOO_HIGH"


class SecondaryConflicts(Conflicting):
    """The option would resolve the conflict and cause others."""

    code = "SECONDARY_CONFLICTS"

    def __init__(self, caused: Iterable[DetectedConflict]) -> None:
        self.caused = tuple(caused)
        problems = [
            FieldProblem("selected_resolution_id", f"{each.type} ({each.severity}): {each.description}")
            for each in self.caused
        ]
        super().__init__(f"This would cause {len(self.caused)} new conflicts.", *problems)
