"""The names of guides on teams, which follow svc-guide-management at each write that has read them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from scheduling.domain.document import Candidates, ScheduleDocument, may_be_any_of
from scheduling.domain.facts import Guide


def rename_guides(
    documents: Iterable[ScheduleDocument], guides: Mapping[UUID, Guide], among: Collection[Candidates] = ()
) -> None:
    """Give every member of every team, on departures that are over too, the name that the guide has now.

    Of all departures, or of those `among` which these candidates are.
    """
    names = {str(guide_id): guide.name for guide_id, guide in guides.items()}

    def may_have_another_name(member: Any) -> bool:
        guide_id = member.get("guide_id")
        return may_be_any_of(guide_id, names) and names.get(guide_id) != member.get("guide_name")

    def may_be_meant(raw: Any) -> bool:
        return any(isinstance(member, dict) and may_have_another_name(member) for member in raw.get("team") or ())

    for document in documents:
        for departure in document.departures.where(may_be_meant, lambda _: True, among).values():
            for member in departure.team:
                guide = guides.get(member.guide_id)
                if guide is not None:
                    member.guide_name = guide.name
