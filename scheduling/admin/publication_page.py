"""The page that shows what publishing a date would tell whom, before anybody confirms it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django import forms

from novatrek_scheduling.errors import DomainError
from scheduling.admin.formatting import names_in, times_text
from scheduling.admin.region_names import region_name
from scheduling.domain.document import Departure, DepartureStatus, ScheduleDocument
from scheduling.domain.text import team_text
from scheduling.models import DailySchedule
from scheduling.publication.notices import Notice
from scheduling.publication.services import PublicationPreview
from scheduling.snapshot import look_up_guides


class IdsField(forms.MultipleChoiceField):
    """Ids of departures; whether they exist is for the function that publishes them to say."""

    def valid_value(self, value: Any) -> bool:
        try:
            UUID(value)
        except ValueError:
            return False
        return True

    def clean(self, value: Any) -> list[UUID]:
        return [UUID(departure_id) for departure_id in super().clean(value)]


class PublishForm(forms.Form):
    """The chosen departures, and the revision that the person saw."""

    since_rev = forms.IntegerField(min_value=1)
    departure_ids = IdsField()


def publication_context(preview: PublicationPreview, schedule: DailySchedule) -> dict[str, Any]:
    """What the template prints; every text is ready."""
    document = schedule.document
    names = _names(preview, document)
    return {
        "title": f"Publish {preview.day}",
        "schedule": schedule,
        "rev": preview.rev,
        "departures": list(_departures(preview, document, names)),
        "notices": [_notice(notice, names) for notice in preview.notices],
        "unstaffed": [
            f"{times_text(d)} {d.trip_name}" for d in map(document.departures.__getitem__, preview.unstaffed)
        ],
    }


def _departures(
    preview: PublicationPreview, document: ScheduleDocument, names: dict[UUID, str]
) -> Iterator[dict[str, Any]]:
    for key, departure in preview.departures.items():
        yield {
            "id": key,
            "times": times_text(departure),
            "name": departure.trip_name,
            "region": region_name(departure.region_id),
            "team": team_text(departure.team) or "nobody",
            "news": "; ".join(_news(document.departures[key], names)),
            "needs_approval": key in preview.awaiting_approval,
        }


def _news(departure: Departure, names: dict[UUID, str]) -> Iterator[str]:
    """What differs from what people were last told."""
    announced = departure.published
    if announced is None:
        yield "not published before"
        return
    if departure.status is DepartureStatus.CANCELLED:
        yield "called off"
        return
    yield from _news_of_guides(departure, frozenset(announced.guide_ids), names)
    if announced.starts_at != departure.starts_at:
        yield f"moved from {announced.starts_at:%H:%M}"
    if announced.has_other_end(departure.ends_at):
        yield f"until {departure.ends_at:%H:%M}"
    if announced.trail_id != departure.trail_id:
        yield "on another trail"
    if not departure.has_unpublished_changes:
        yield "team to be confirmed"


def _news_of_guides(departure: Departure, announced: frozenset[UUID], names: dict[UUID, str]) -> Iterator[str]:
    gone = sorted(names[guide] for guide in announced - departure.guide_ids)
    new = sorted(names[guide] for guide in departure.guide_ids - announced)
    if gone:
        yield f"without {', '.join(gone)}"
    if new:
        yield f"with {', '.join(new)}"


def _notice(notice: Notice, names: dict[UUID, str]) -> dict[str, str]:
    return {"guide": names[notice.guide_id], "kind": notice.kind.value, "text": notice.text}


def _names(preview: PublicationPreview, document: ScheduleDocument) -> dict[UUID, str]:
    """The names of everybody on the page; ids where a guide has left the plan and nobody answers who it was."""
    concerned = {notice.guide_id for notice in preview.notices}
    names = names_in(document)
    strangers = concerned - names.keys()
    if strangers:
        names |= {guide_id: str(guide_id) for guide_id in strangers} | _looked_up(strangers)
    return names


def _looked_up(guide_ids: set[UUID]) -> dict[UUID, str]:
    try:
        return {guide_id: guide.name for guide_id, guide in look_up_guides(guide_ids).items()}
    except DomainError:
        return {}
