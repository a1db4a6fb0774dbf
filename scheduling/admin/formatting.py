"""Texts and tables of parts of a daily schedule for the pages of the console."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduling.admin.region_names import region_name
from scheduling.domain.document import Departure, Role, ScheduleDocument, TeamMember
from scheduling.domain.text import by_role
from scheduling.domain.words import in_words

NO_BREAK = "\u00a0"


def names_in(document: ScheduleDocument) -> dict[UUID, str]:
    """Return the names of the guides of a document, by id."""
    members = (member for departure in document.departures.values() for member in departure.team)
    return {member.guide_id: member.guide_name for member in members}


def team_words(team: Iterable[TeamMember]) -> str:
    """Return the names of a team, the lead first, in the language of the page: "Ana Ruiz (lead), Ben Ito"."""
    lead = _("lead")
    return ", ".join(f"{m.guide_name} ({lead})" if m.role is Role.LEAD else m.guide_name for m in by_role(team))


def times_text(departure: Departure) -> str:
    """Return start and end in local time, without line breaks: "09:00 to 12:00"."""
    ends_at = departure.ends_at.astimezone(departure.starts_at.tzinfo)
    is_same_day = ends_at.date() == departure.starts_at.date()
    end = f"{ends_at:%H:%M}" if is_same_day else date_format(ends_at, "j M H:i")
    text = _("%(start)s to %(end)s") % {"start": f"{departure.starts_at:%H:%M}", "end": end}
    return text.replace(" ", NO_BREAK)


def table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> SafeString:
    """Return an HTML table of escaped texts, which scrolls by itself where it is wider than its page."""
    columns = list(columns)
    cell, head = '<td class="px-3 py-2 align-top">{}</td>', '<th class="px-3 py-2 text-left">{}</th>'
    titles = format_html_join("", head, ((title,) for title in columns))
    lines = (format_html_join("", cell, ((value,) for value in row)) for row in rows)
    body = format_html_join(
        "", '<tr class="border-t border-base-200 dark:border-base-800">{}</tr>', ((x,) for x in lines)
    )
    return format_html(
        '<div class="c-scroll" tabindex="0" role="group" aria-label="{}">'
        '<table class="w-full"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
        ", ".join(map(str, columns)),
        titles,
        body,
    )


def departures_table(departures: Iterable[Departure]) -> SafeString:
    """Return a table of departures, the earliest first."""
    columns = (_("Local time"), _("Departure"), _("Region"), _("Team"), _("Guests"), _("Status"))
    rows = [
        (
            times_text(departure),
            departure.trip_name,
            region_name(departure.region_id),
            team_words(departure.team) or _unstaffed(departure),
            f"{departure.participants} / {departure.capacity}",
            _(in_words(departure.status)),
        )
        for departure in sorted(departures, key=lambda departure: departure.starts_at)
    ]
    return table(columns, rows)


def whole_departure(stored: Mapping[str, Any]) -> str:
    """Describe a stored departure in one line."""
    departure = Departure.model_validate(stored)
    text = ngettext("%(guests)d of %(all)d guest", "%(guests)d of %(all)d guests", departure.capacity)
    guests = text % {"guests": departure.participants, "all": departure.capacity}
    return ", ".join((times_text(departure), guests, team_words(departure.team) or _unstaffed(departure)))


def _unstaffed(departure: Departure) -> str:
    reason = departure.unassigned_reason
    return _("unstaffed: %(reason)s") % {"reason": reason.message} if reason else _("unstaffed")
