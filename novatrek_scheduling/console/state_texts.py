"""What is said of a departure's state, in sentences; times are the departure's own."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from novatrek_scheduling.console.visitors import Visitor
from scheduling.domain.accepted_risks import AcceptedRisk
from scheduling.domain.approval_reasons import ApprovalCode
from scheduling.domain.document import Announcement, AssignmentStatus, Departure
from scheduling.domain.facts import Sibling
from scheduling.history.pins import Pin

_SILENT = {
    Sibling.WEATHER: gettext_lazy("The weather could not be read"),
    Sibling.TRAIL_MANAGEMENT: gettext_lazy("The condition of trails could not be read"),
    Sibling.LOCATION_SERVICES: gettext_lazy("How many people base camps take could not be read"),
    Sibling.GUIDE_MANAGEMENT: gettext_lazy("Whether guides are available could not be read"),
}
_ABOUT_GUIDES = {
    ApprovalCode.CERTIFICATES_UNREAD: gettext_lazy("The certificates of %(name)s could not be read"),
    ApprovalCode.NOTE: gettext_lazy("%(name)s noted something"),
}


def risk_text(risk: AcceptedRisk, departure: Departure) -> str:
    """Return what was accepted, by whom, why and until when, by the clocks of the departure."""
    until = _moment(risk.expires_at, departure.starts_at.tzinfo)
    return _("%(what)s. Accepted by %(who)s until %(until)s: %(why)s") % {
        "what": risk.description.rstrip("."),
        "who": risk.owner,
        "until": until,
        "why": risk.reason,
    }


def approval_text(departure: Departure) -> str:
    """Return whose place on the team awaits approval, and whether that is because of a note since publishing.

    What the notes say is not repeated here: not everybody may read them.
    """
    pending = [m for m in departure.team if m.assignment_status is AssignmentStatus.PENDING_APPROVAL]
    noted = [member.guide_name for member in pending if member.open_notes]
    others = [member.guide_name for member in pending if not member.open_notes]
    sentences = []
    if noted:
        sentences.append(_("Noted something since the last publication: %(names)s") % {"names": ", ".join(noted)})
    if others:
        sentences.append(_("Awaits approval: %(names)s") % {"names": ", ".join(others)})
    sentences += _approval_reasons(departure)
    return ". ".join(sentences)


def _approval_reasons(departure: Departure) -> list[str]:
    """Return why the team awaits approval, each reason once."""
    names = {member.guide_id: member.guide_name for member in departure.team}
    reasons = dict.fromkeys(reason for member in departure.team for reason in member.approval_reasons or ())
    return [
        str(_SILENT[reason.sibling])
        if reason.sibling
        else _ABOUT_GUIDES[reason.code] % {"name": names.get(reason.guide_id, _("a guide"))}  # type: ignore[arg-type]
        for reason in reasons
    ]


def pin_text(departure: Departure, pins: Mapping[UUID, Pin]) -> str:
    """Return whom a person fixed on the team, who did so and since when, by the clocks of the departure."""
    together: defaultdict[Pin | None, list[str]] = defaultdict(list)
    for member in departure.team:
        if member.pinned:
            together[pins.get(member.guide_id)].append(member.guide_name)
    whom = (_pinned_text(", ".join(names), pin, departure) for pin, names in together.items())
    return _("No machine takes off: %(names)s") % {"names": "; ".join(whom)}


def _pinned_text(names: str, pin: Pin | None, departure: Departure) -> str:
    if pin is None:
        return names
    since = _moment(pin.since, departure.starts_at.tzinfo)
    return _("%(names)s, pinned by %(who)s since %(since)s") % {"names": names, "who": pin.by, "since": since}


def editors_text(departure: Departure, editors: Iterable[Visitor]) -> str:
    """Return who has the departure open and since when, by its own clocks."""
    zone = departure.starts_at.tzinfo
    texts = (
        _("by %(who)s since %(since)s") % {"who": visitor.name, "since": _moment(visitor.since, zone)}
        for visitor in editors
    )
    return ", ".join(texts)


def unpublished_text(departure: Departure) -> str:
    """Return what people have not been told yet."""
    if departure.published is None:
        return _("Nobody has been told yet")
    if departure.is_cancelled:
        return _("The guides have not been told that it is cancelled")
    return _("Not told yet: %(changes)s") % {"changes": ", ".join(_changes(departure, departure.published))}


def _changes(departure: Departure, announced: Announcement) -> Iterator[str]:
    if departure.starts_at != announced.starts_at:
        when = _moment(announced.starts_at, departure.starts_at.tzinfo)
        yield _("the start, announced for %(when)s") % {"when": when}
    if departure.trail_id != announced.trail_id:
        yield _("another trail")
    if announced.has_other_end(departure.ends_at):
        yield _("another end")
    if departure.guide_ids != frozenset(announced.guide_ids):
        yield _("another team")
    elif announced.has_other_lead(departure.lead_id):
        yield _("another lead")


def _moment(instant: datetime, zone: tzinfo | None) -> str:
    return date_format(instant.astimezone(zone), "MOMENT_FORMAT")
