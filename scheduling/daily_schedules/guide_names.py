"""The names of guides on teams, which follow svc-guide-management at each write that has read them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from scheduling.domain.document import Candidates, ScheduleDocument
from scheduling.domain.facts import Guide


def rename_guides(
    documents: Iterable[ScheduleDocument], guides: Mapping[UUID, Guide], among: Collection[Candidates] = ()
) -> None:
    """Give every member of every team, on departures that are over too, the name that the guide has now.

    Of all departures, or of those `among` which these candidates are.
    """

    def has_another_name(member: Any) -> bool:
        guide = guides.get(_id_of(member))
        return guide is not None and guide.name != member.get("guide_name")

    def may_be_meant(raw: Any) -> bool:
        return any(isinstance(member, dict) and has_another_name(member) for member in raw.get("team") or ())

    for document in documents:
        for departure in document.departures.where(may_be_meant, lambda _: True, among).values():
            for member in departure.team:
                guide = guides.get(member.guide_id)
                if guide is not None:
                    member.guide_name = guide.name


def _id_of(member: Mapping[str, Any]) -> UUID:
    """Return the guide of a member as stored; nobody's id where that is none."""
    try:
        return UUID(str(member.get("guide_id")))
    except ValueError:
        return UUID(int=0)
