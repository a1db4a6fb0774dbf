"""What a person is told of a resolution: what was done, who has been told of it, and who will be."""

from collections.abc import Iterator

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from conflicts.choices import ResolutionStatus
from conflicts.resolution.outcomes import ResolutionOutcome

FAILED = gettext_noop("Nothing was changed: concurrent writes kept changing the same daily schedule. Try again.")


def message_about(outcome: ResolutionOutcome) -> tuple[str, int]:
    """Return the message about a resolution, and its level."""
    if outcome.resolution_status is ResolutionStatus.FAILED:
        return _(FAILED), messages.WARNING
    return " ".join([_("Resolved."), *_told(outcome)]), messages.SUCCESS


def _told(outcome: ResolutionOutcome) -> Iterator[str]:
    guests = {update["reservation_id"]: update["success"] for update in outcome.downstream_updates if _is_guest(update)}
    if guests:
        people = sum(guests.values())
        text = ngettext(
            "The guests of %(people)d of %(all)d reservation have been told.",
            "The guests of %(people)d of %(all)d reservations have been told.",
            len(guests),
        )
        yield text % {"people": people, "all": len(guests)}
    late = sorted({update["service"] for update in outcome.downstream_updates if not update["success"]})
    if late:
        yield _("%(services)s will be notified as soon as possible.") % {"services": ", ".join(late)}
    guides = {notice["guide_id"] for notice in outcome.told_on_publishing}
    if guides:
        text = ngettext("On publishing %d guide will be told.", "On publishing %d guides will be told.", len(guides))
        yield text % len(guides)


def _is_guest(update: dict[str, object]) -> bool:
    return "reservation_id" in update
