from uuid import uuid4

from conflicts.admin.outcome_text import FAILED, message_about
from conflicts.choices import ResolutionStatus, Strategy
from conflicts.resolution.outcomes import ResolutionOutcome

GUIDE = uuid4()


def text_of(status: ResolutionStatus = ResolutionStatus.RESOLVED, **fields: object) -> str:
    return message_about(ResolutionOutcome(uuid4(), status, Strategy.RESCHEDULE_TRIP, **fields))[0]


def update(success: bool, service: str = "svc-notifications", **more: str) -> dict[str, object]:
    return {"service": service, "action": "guest.rescheduled", "success": success} | more


def test_it_counts_guests_who_are_told_and_names_who_is_late() -> None:
    updates = [
        update(True, reservation_id="first"),
        update(False, reservation_id="second"),
        update(False, "svc-trip-catalog"),
    ]

    assert text_of(downstream_updates=updates) == (
        "Resolved. The guests of 1 of 2 reservations have been told. "
        "svc-notifications, svc-trip-catalog will be notified as soon as possible."
    )


def test_it_says_how_many_guides_publishing_will_tell_each_once() -> None:
    notices = [{"guide_id": GUIDE, "kind": kind, "text": ""} for kind in ("assigned", "released")]

    assert text_of(told_on_publishing=notices) == "Resolved. On publishing 1 guide will be told."


def test_what_told_nobody_and_what_failed() -> None:
    assert text_of() == "Resolved."
    assert text_of(ResolutionStatus.FAILED) == FAILED
