"""What publishing changes against what people were last told, and who is told what."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from uuid import UUID

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from novatrek_scheduling.console.departures.panel import trail_name
from scheduling.domain.document import Announcement, Departure
from scheduling.domain.facts import Snapshot
from scheduling.publication.notices import Notice, NoticeKind

KINDS: Mapping[NoticeKind, str | Promise] = {
    NoticeKind.ASSIGNED: gettext_lazy("that they go"),
    NoticeKind.RELEASED: gettext_lazy("that they do not go"),
    NoticeKind.RESCHEDULED: gettext_lazy("the new time, end or trail"),
    NoticeKind.ROLE_CHANGED: gettext_lazy("their new role"),
    NoticeKind.CANCELLED: gettext_lazy("that it is cancelled"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A field whose value people were told otherwise, in words."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """A guide whom publishing notifies, and what of."""

    guide: str
    what: str | Promise


def differences_of(departure: Departure, snapshot: Snapshot, names: Mapping[UUID, str]) -> Iterator[Difference]:
    """Yield what differs from the last announcement; nothing where there was none or the departure is cancelled."""
    announced, clock = departure.published, departure.starts_at.tzinfo
    if announced is None or departure.is_cancelled:
        return
    before, now = _team_announced(announced, departure, names), _team_now(departure, names)
    if before != now:
        yield Difference(_("Team"), before, now)
    if announced.starts_at != departure.starts_at:
        yield Difference(_("Start"), _moment(announced.starts_at, clock), _moment(departure.starts_at, clock))
    if announced.ends_at is not None and announced.has_other_end(departure.ends_at):
        yield Difference(_("End"), _moment(announced.ends_at, clock), _moment(departure.ends_at, clock))
    if announced.trail_id != departure.trail_id:
        yield Difference(_("Trail"), trail_name(announced.trail_id, snapshot), trail_name(departure.trail_id, snapshot))


def summary_of(departure: Departure) -> str:
    """Return in a sentence what publishing is about where no field differs."""
    if departure.is_cancelled:
        return _("Cancelled")
    if departure.published is None:
        return _("New")
    return "" if departure.has_unpublished_changes else _("As people were told; the team is confirmed.")


def recipients_by_departure(
    notices: Iterable[Notice], names: Mapping[UUID, str]
) -> Mapping[UUID, tuple[Recipient, ...]]:
    """Return by departure who will be told what about it, by name."""
    recipients: dict[UUID, list[Recipient]] = defaultdict(list)
    for notice in notices:
        for key, _departure in notice.departures:
            recipients[key].append(Recipient(names[notice.guide_id], KINDS[notice.kind]))
    return {key: tuple(sorted(found, key=lambda item: item.guide)) for key, found in recipients.items()}


def _team_announced(announced: Announcement, departure: Departure, names: Mapping[UUID, str]) -> str:
    lead_id = announced.lead_id
    if lead_id is None and departure.lead_id in announced.guide_ids:
        lead_id = departure.lead_id
    return _team(announced.guide_ids, lead_id, names)


def _team_now(departure: Departure, names: Mapping[UUID, str]) -> str:
    return _team(departure.guide_ids, departure.lead_id, names)


def _team(guide_ids: Iterable[UUID], lead_id: UUID | None, names: Mapping[UUID, str]) -> str:
    ordered = sorted(guide_ids, key=lambda key: (key != lead_id, names[key], key))
    texts = (_("%(name)s (lead)") % {"name": names[key]} if key == lead_id else names[key] for key in ordered)
    return ", ".join(texts) or _("nobody")


def _moment(instant: datetime, clock: tzinfo | None) -> str:
    return date_format(instant.astimezone(clock), "MOMENT_FORMAT")
