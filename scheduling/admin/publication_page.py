"""The page that previews the changes and notices of a publication before it is confirmed."""

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
from scheduling.rules import Violation
from scheduling.snapshot import look_up_guides


class IdsField(forms.MultipleChoiceField):
    """Ids of departures; the service checks that they exist."""

    def valid_value(self, value: Any) -> bool:
        try:
            UUID(value)
        except ValueError:
            return False
        return True

    def clean(self, value: Any) -> list[UUID]:
        return [UUID(departure_id) for departure_id in super().clean(value)]


class PublishForm(forms.Form):
    """The selected departures and the revision that the user has seen."""

    since_rev = forms.IntegerField(min_value=1)
    departure_ids = IdsField()
    override_warnings = forms.BooleanField(required=False)


def publication_context(preview: PublicationPreview, schedule: DailySchedule) -> dict[str, Any]:
    """Return the context of the template, with all texts."""
    document = schedule.document
    names = _names(preview, document)
    return {
        "title": f"Publish {preview.day}",
        "schedule": schedule,
        "rev": preview.rev,
        "departures": list(_departures(preview, document, names)),
        "not_known": preview.judgement.not_known,
        "can_be_overridden": preview.judgement.can_be_overridden,
        "notices": [_notice(notice, names) for notice in preview.notices],
        "unstaffed": [
            f"{times_text(departure)} {departure.trip_name}"
            for departure in map(document.departures.__getitem__, preview.unstaffed)
        ],
    }


def _departures(
    preview: PublicationPreview, document: ScheduleDocument, names: dict[UUID, str]
) -> Iterator[dict[str, Any]]:
    judgement = preview.judgement

    def is_open(violation: Violation, key: UUID) -> bool:
        return violation.departure_id == key and violation not in judgement.honoured

    for key, departure in preview.departures.items():
        yield {
            "id": key,
            "times": times_text(departure),
            "name": departure.trip_name,
            "region": region_name(departure.region_id),
            "team": team_text(departure.team) or "none",
            "changes": "; ".join(_changes(document.departures[key], names)),
            "needs_approval": key in preview.awaiting_approval,
            "broken_rules": [v.message for v in judgement.violations if is_open(v, key)],
            "accepted_risks": [risk.text for v, risk in judgement.honoured.items() if v.departure_id == key],
            "to_approve": preview.judgement.reasons.get(key, ()),
        }


def _changes(departure: Departure, names: dict[UUID, str]) -> Iterator[str]:
    """Yield the differences from the last announcement."""
    announced = departure.published
    if announced is None:
        yield "not published before"
        return
    if departure.status is DepartureStatus.CANCELLED:
        yield "cancelled"
        return
    yield from _team_changes(departure, frozenset(announced.guide_ids), names)
    if announced.has_other_lead(departure.lead_id) and announced.lead_id in departure.guide_ids:
        yield f"led by {names[departure.lead_id]} now" if departure.lead_id else "no lead"
    if announced.starts_at != departure.starts_at:
        yield f"rescheduled from {announced.starts_at:%H:%M}"
    if announced.has_other_end(departure.ends_at):
        yield f"end moved to {departure.ends_at:%H:%M}"
    if announced.trail_id != departure.trail_id:
        yield "trail changed"
    if not departure.has_unpublished_changes:
        yield "team to be confirmed"


def _team_changes(departure: Departure, announced: frozenset[UUID], names: dict[UUID, str]) -> Iterator[str]:
    released = sorted(names[guide] for guide in announced - departure.guide_ids)
    assigned = sorted(names[guide] for guide in departure.guide_ids - announced)
    if released:
        yield f"released: {', '.join(released)}"
    if assigned:
        yield f"assigned: {', '.join(assigned)}"


def _notice(notice: Notice, names: dict[UUID, str]) -> dict[str, str]:
    return {"guide": names[notice.guide_id], "kind": notice.kind.value, "text": notice.text}


def _names(preview: PublicationPreview, document: ScheduleDocument) -> dict[UUID, str]:
    """Return the names of all guides on the page; the id of a guide no longer in the plan if the look-up fails."""
    concerned = {notice.guide_id for notice in preview.notices}
    names = names_in(document)
    missing = concerned - names.keys()
    if missing:
        names |= {guide_id: str(guide_id) for guide_id in missing} | _looked_up(missing)
    return names


def _looked_up(guide_ids: set[UUID]) -> dict[UUID, str]:
    try:
        return {guide_id: guide.name for guide_id, guide in look_up_guides(guide_ids).items()}
    except DomainError:
        return {}
