"""The team of a departure: guides in their roles, and what is still awaited for them."""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from scheduling.domain.approval_reasons import ApprovalReason
from scheduling.domain.part import Part


class Role(StrEnum):
    LEAD = "LEAD"
    ASSISTANT = "ASSISTANT"


class AssignmentStatus(StrEnum):
    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    PENDING_APPROVAL = "PENDING_APPROVAL"


class TeamMember(Part):
    """A guide on a team.

    `approved_notes` are the digests of the guide's notes at the last publication, which approved them. `open_notes` are
    those that came since, and for which the confirmed guide awaits approval again. `approval_reasons` are why the team
    awaits approval otherwise; absent where it does not, and where it began to before they were stored.
    """

    guide_id: UUID
    guide_name: str
    role: Role
    assignment_status: AssignmentStatus
    certifications: list[str] = Field(default_factory=list)
    pinned: bool = False
    score: float = Field(default=0.0, ge=0.0, le=1.0)
    approved_notes: list[str] | None = None
    open_notes: list[str] | None = None
    approval_reasons: list[ApprovalReason] | None = None

    def await_approval(self, reasons: Iterable[ApprovalReason]) -> None:
        self.assignment_status = AssignmentStatus.PENDING_APPROVAL
        self.approval_reasons = list(reasons) or None

    def end_approval(self, status: AssignmentStatus) -> None:
        """Give the member a status for which nobody has to approve anything."""
        self.assignment_status, self.approval_reasons = status, None

    def approve(self, notes: Iterable[str]) -> None:
        """Confirm the guide, with the notes of these digests."""
        self.end_approval(AssignmentStatus.CONFIRMED)
        self.approved_notes, self.open_notes = sorted(notes) or None, None

    def hears_notes(self) -> bool:
        """Return whether a note takes back the confirmation, or has done so: others await approval for the plan."""
        return self.assignment_status is AssignmentStatus.CONFIRMED or bool(self.open_notes)
