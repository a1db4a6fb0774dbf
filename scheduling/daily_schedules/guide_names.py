"""The names of guides on teams, which follow svc-guide-management at each write that has read them."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from scheduling.domain.document import ScheduleDocument
from scheduling.domain.facts import Guide


def rename_guides(documents: Iterable[ScheduleDocument], guides: Mapping[UUID, Guide]) -> None:
    """Give every member of every team, on departures that are over too, the name that the guide has now."""
    for document in documents:
        for departure in document.departures.values():
            for member in departure.team:
                guide = guides.get(member.guide_id)
                if guide is not None:
                    member.guide_name = guide.name
