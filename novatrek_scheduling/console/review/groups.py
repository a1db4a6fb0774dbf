"""Open conflicts that have one cause in common: a hazard, an alert, a storm, a guide or a trail."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import F, Func, JSONField
from django.utils.translation import gettext as _

from conflicts.detection import Cause, Severity
from conflicts.models import SEVERITY_RANK, ScheduleConflict
from novatrek_scheduling.console.marks import SEVERITIES, Look
from scheduling.admin.region_names import region_name
from scheduling.domain.words import in_words
from scheduling.models import Hazard

FEWEST = 2
LOOKED_AT = 1_000
_OF_GUIDES = frozenset(
    {Cause.CERTIFICATION, Cause.RESTRICTION, Cause.AVAILABILITY_EXCEPTION, Cause.NOT_AVAILABLE, Cause.GUIDE_NOTE}
)
# The details without what is large: each is unpacked once, not once for each key that is asked for.
_SMALL = Func(
    F("details"),
    template="(%(expressions)s - ARRAY['resolution_options', 'plan', 'what_would_help'])",
    output_field=JSONField(),
)


class Shared(StrEnum):
    """What conflicts may have in common."""

    HAZARD = "hazard"
    ALERT = "alert"
    STORM = "storm"
    GUIDE = "guide"
    TRAIL = "trail"


_ICONS = {
    Shared.HAZARD: "warning",
    Shared.ALERT: "thunderstorm",
    Shared.STORM: "thunderstorm",
    Shared.GUIDE: "person_off",
    Shared.TRAIL: "block",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Conflicts with one cause, the most severe first. `example` is what one of them says."""

    key: str
    kind: Shared
    title: str
    example: str
    worst: Severity
    conflict_ids: tuple[UUID, ...]

    @property
    def look(self) -> Look:
        return SEVERITIES[self.worst]

    @property
    def icon(self) -> str:
        return _ICONS[self.kind]

    @property
    def count(self) -> int:
        return len(self.conflict_ids)


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups among the most severe open conflicts; `are_all` where those were all that are open."""

    groups: tuple[Group, ...]
    are_all: bool

    def of_key(self, key: str) -> Group | None:
        return next((group for group in self.groups if group.key == key), None)


def read_groups() -> Groups:
    """Return the groups of at least two open conflicts, the largest of the most severe first, in a few queries.

    Among `LOOKED_AT` conflicts, the most severe and of them the oldest: as they are resolved, others come up.
    """
    found: defaultdict[str, list[tuple[UUID, Severity]]] = defaultdict(list)
    rows = ScheduleConflict.objects.open().order_by(SEVERITY_RANK.desc(), "detected_at", "pk")
    read = list(rows.annotate(small=_SMALL).values_list("pk", "small")[: LOOKED_AT + 1])
    for key, details in read[:LOOKED_AT]:
        shared = shared_cause(details)
        if shared:
            found[shared].append((key, Severity(details["severity"])))
    members = {key: sorted(own, key=lambda item: -item[1].rank) for key, own in found.items() if len(own) >= FEWEST}
    examples = ScheduleConflict.objects.in_bulk([own[0][0] for own in members.values()])
    hazards = Hazard.objects.in_bulk([_id_of(key) for key in members if _kind_of(key) is Shared.HAZARD])
    groups = [_group(key, own, examples[own[0][0]], hazards) for key, own in members.items() if own[0][0] in examples]
    ordered = sorted(groups, key=lambda group: (-group.worst.rank, -group.count, group.key))
    return Groups(tuple(ordered), are_all=len(read) <= LOOKED_AT)


def shared_cause(details: Mapping[str, Any]) -> str:
    """Return what a conflict may share with others as "kind:id"; empty where it stands for itself."""
    cause, evidence = Cause(details["cause"]), details.get("evidence", {}).get("told", {})
    guides, trails = details.get("affected_guide_ids"), details.get("affected_trail_ids")
    if "hazard_id" in evidence:
        return f"{Shared.HAZARD}:{evidence['hazard_id']}"
    if "alert_id" in evidence:
        return f"{Shared.ALERT}:{evidence['alert_id']}"
    if cause is Cause.STORM_FORECAST:
        return f"{Shared.STORM}:{details.get('region_id')} {details['conflict_date']}"
    if cause in _OF_GUIDES and guides:
        return f"{Shared.GUIDE}:{guides[0]}"
    if cause is Cause.TRAIL and trails:
        return f"{Shared.TRAIL}:{trails[0]}"
    return ""


def _group(
    key: str, members: Sequence[tuple[UUID, Severity]], example: ScheduleConflict, hazards: Mapping[Any, Hazard]
) -> Group:
    title = _title(key, example, hazards)
    ids = tuple(conflict_id for conflict_id, _severity in members)
    return Group(key, _kind_of(key), title, str(example.details["description"]), members[0][1], ids)


def _title(key: str, example: ScheduleConflict, hazards: Mapping[Any, Hazard]) -> str:
    details = example.details
    region = region_name(details["region_id"]) if details.get("region_id") else ""
    match _kind_of(key):
        case Shared.HAZARD:
            hazard = hazards.get(_id_of(key))
            return hazard.description if hazard else _("A hazard")
        case Shared.ALERT:
            level = _(in_words(str(details["evidence"]["told"].get("alert_severity", "alert"))))
            return _("Weather %(level)s in %(region)s") % {"level": level, "region": region}
        case Shared.STORM:
            return _("Storm forecast in %(region)s") % {"region": region}
        case Shared.GUIDE:
            return _guide_name(details, key) or _("A guide")
        case Shared.TRAIL:
            return _("A trail in %(region)s") % {"region": region}


def _guide_name(details: Mapping[str, Any], key: str) -> str:
    plans = details.get("plan", {}).values()
    names = {str(m["guide_id"]): str(m["guide_name"]) for plan in plans for m in plan.get("team", [])}
    return names.get(key.partition(":")[2], "")


def _kind_of(key: str) -> Shared:
    return Shared(key.partition(":")[0])


def _id_of(key: str) -> UUID:
    return UUID(key.partition(":")[2])
