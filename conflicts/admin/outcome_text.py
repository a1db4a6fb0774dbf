"""What a person is told of a resolution: what was done, who has been told of it, and who will be."""

from collections.abc import Iterator

from django.contrib import messages

from conflicts.choices import ResolutionStatus
from conflicts.resolution.outcomes import ResolutionOutcome
from scheduling.domain.text import counted

FAILED = "Nothing was changed: concurrent writes kept changing the same daily schedule. Try again."


def message_about(outcome: ResolutionOutcome) -> tuple[str, int]:
    """Return the message about a resolution, and its level."""
    if outcome.resolution_status is ResolutionStatus.FAILED:
        return FAILED, messages.WARNING
    return " ".join(["Resolved.", *_told(outcome)]), messages.SUCCESS


def _told(outcome: ResolutionOutcome) -> Iterator[str]:
    guests = {update["reservation_id"]: update["success"] for update in outcome.downstream_updates if _is_guest(update)}
    if guests:
        people = sum(guests.values())
        yield f"The guests of {people} of {counted(len(guests), 'reservation')} have been told."
    late = sorted({update["service"] for update in outcome.downstream_updates if not update["success"]})
    if late:
        yield f"{', '.join(late)} will be notified as soon as possible."
    guides = {notice["guide_id"] for notice in outcome.told_on_publishing}
    if guides:
        yield f"On publishing {counted(len(guides), 'guide')} will be told."


def _is_guest(update: dict[str, object]) -> bool:
    return "reservation_id" in update
