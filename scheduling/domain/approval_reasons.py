"""The reasons for which a team awaits a person's approval, as they are stored with its members."""

from enum import StrEnum
from uuid import UUID

from scheduling.domain.facts import Sibling
from scheduling.domain.part import Part


class ApprovalCode(StrEnum):
    SIBLING_SILENT = "SIBLING_SILENT"
    CERTIFICATES_UNREAD = "CERTIFICATES_UNREAD"
    NOTE = "NOTE"


class ApprovalReason(Part):
    """A reason: the silent `sibling`, or the guide whose certificates were not read or who noted something.

    What the note says is not repeated: not everybody may read it.
    """

    code: ApprovalCode
    sibling: Sibling | None = None
    guide_id: UUID | None = None

    def __hash__(self) -> int:
        return hash((self.code, self.sibling, self.guide_id))

    @property
    def is_for_a_person(self) -> bool:
        """Return whether only a person ends it; the others end when the facts come in."""
        return self.code is ApprovalCode.NOTE
