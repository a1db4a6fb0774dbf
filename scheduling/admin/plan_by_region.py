"""The plan of a date by region, the earliest departure first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from scheduling.admin.formatting import team_words, times_text
from scheduling.admin.region_names import region_name
from scheduling.domain.accepted_risks import AcceptedRisk
from scheduling.domain.document import Departure, DepartureStatus, ScheduleDocument
from scheduling.domain.words import in_words

STATUS_TONES = {
    DepartureStatus.PUBLISHED: "success",
    DepartureStatus.IN_PROGRESS: "primary",
    DepartureStatus.CANCELLED: "danger",
}


def plan_by_region(document: ScheduleDocument, risks: Iterable[AcceptedRisk] = ()) -> list[dict[str, Any]]:
    """Return the regions by name, each with the texts of its departures and of the risks accepted for them."""
    texts: dict[UUID, list[str]] = defaultdict(list)
    for risk in risks:
        for key in risk.departure_ids:
            texts[key].append(risk.text)
    by_region: dict[UUID, list[tuple[UUID, Departure]]] = defaultdict(list)
    for key, departure in sorted(document.departures.items(), key=lambda item: item[1].starts_at):
        by_region[departure.region_id].append((key, departure))
    regions = [_region(region_name(region_id), departures, texts) for region_id, departures in by_region.items()]
    return sorted(regions, key=lambda region: str(region["name"]))


def _region(name: str, departures: list[tuple[UUID, Departure]], risks: Mapping[UUID, list[str]]) -> dict[str, Any]:
    going = [departure for _, departure in departures if departure.status is not DepartureStatus.CANCELLED]
    return {
        "name": name,
        "staffed": sum(bool(departure.team) for departure in going),
        "going": len(going),
        "departures": [
            _departure(key, departure) | {"accepted_risks": risks.get(key, [])} for key, departure in departures
        ],
    }


def _departure(key: UUID, departure: Departure) -> dict[str, Any]:
    reason = departure.unassigned_reason
    is_going = departure.status is not DepartureStatus.CANCELLED
    return {
        "id": key,
        "times": times_text(departure),
        "name": departure.trip_name,
        "team": team_words(departure.team),
        "unassigned_reason": reason.message if reason else "",
        "guests": f"{departure.participants} / {departure.capacity}",
        "status": _(in_words(departure.status)),
        "tone": STATUS_TONES.get(departure.status, ""),
        "needs_guide": is_going and not departure.team,
        "needs_approval": departure.needs_approval,
        "to_publish": departure.published is not None and departure.has_unpublished_changes,
    }
