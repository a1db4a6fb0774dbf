"""Values of plans and of what guides entered, as the history keeps them, in the words and the language of a page."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from novatrek_scheduling.readable import in_line, spelled
from scheduling.admin.formatting import team_words
from scheduling.domain.catalog_listing import ListingState
from scheduling.domain.document import AssignmentStatus, TeamMember
from scheduling.domain.text import value_text
from scheduling.domain.words import in_words


def difference_lines(fields: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the changes of a revision to one departure or one guide: "capacity: 8 → 10"."""
    return [f"{_field(name)}: {change_words(name, change)}" for name, change in sorted(fields.items())]


def change_words(name: str, change: Mapping[str, Any]) -> str:
    """Return the values of a field before and after: "8 → 10". Ids have no words: another one was chosen."""
    if name.endswith("_id"):
        return _("another than before") if change.get("new") else _("none")
    return f"{value_words(name, change.get('old'))} → {value_words(name, change.get('new'))}"


def value_words(name: str, value: Any) -> str:
    """Return the stored value of a field; one that a change in SQL has spoilt is said as far as it can be read."""
    try:
        return _known(name, value)
    except (KeyError, TypeError, ValueError, AttributeError):
        return in_line(value)


def _known(name: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return _("nothing")
    if name in _WORDS:
        return _WORDS[name](value)
    if isinstance(value, str):
        return _(in_words(value)) if value.isupper() else value
    text = value_text(name, value)
    return in_line(value) if text[:1] in "[{" else text


def _team(members: list[TeamMember]) -> str:
    open_statuses = {member.assignment_status for member in members} - {AssignmentStatus.CONFIRMED}
    return ", ".join([team_words(members), *sorted(_(in_words(status)) for status in open_statuses)])


def _guests(value: Mapping[str, int]) -> str:
    guests, reservations = sum(value.values()), len(value)
    facts = {
        "guests": ngettext("%d guest", "%d guests", guests) % guests,
        "reservations": ngettext("%d reservation", "%d reservations", reservations) % reservations,
    }
    return _("%(guests)s in %(reservations)s") % facts


def _announced(value: Mapping[str, Any]) -> str:
    guides = len(value["guide_ids"])
    text = ngettext("%d guide", "%d guides", guides) % guides
    return f"{text}, {_moment(value['starts_at'])}"


def _listed(value: Mapping[str, Any]) -> str:
    state = ListingState(value["state"])
    if state is not ListingState.FOR_SALE:
        return _(in_words(state))
    places = value["total_spots"]
    text = ngettext("%d place", "%d places", places) % places
    return f"{date_format(date.fromisoformat(value['schedule_date']))} {value['local_time']}, {text}"


def _moment(value: str) -> str:
    return date_format(datetime.fromisoformat(value), "DATETIME_FORMAT")


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "team": lambda value: _team([TeamMember.model_validate(member) for member in value]),
    "starts_at": _moment,
    "ends_at": _moment,
    "published_at": _moment,
    "reservations": _guests,
    "moved_guests": _guests,
    "published": _announced,
    "catalog": _listed,
    "catalog_change": _listed,
}


def _field(name: str) -> str:
    return _(spelled(name.removesuffix("_ids").removesuffix("_id")))
