"""Applying a patch to the document of a date, on whatever revision it meets."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from django.utils import timezone
from pydantic import ValidationError

from novatrek_scheduling.errors import FieldProblem, Malformed
from scheduling.daily_schedules.catalog_aliases import announce_to_catalog, find_aliases
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.commitments import commitments_around
from scheduling.daily_schedules.decision_facts import DepartureToCreate, load_decision_facts
from scheduling.daily_schedules.surroundings import entries_on
from scheduling.daily_schedules.writer import Draft, read_drafts
from scheduling.domain.document import Departure, DepartureStatus, GuideAdjustments, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.domain.limits import LONGEST_TRIP, ONE_DAY
from scheduling.errors import DepartureNotEditable, UnknownDeparture
from scheduling.models import DailySchedule
from scheduling.patches.created_departures import CreatedDeparture
from scheduling.patches.departure_edits import EditedDeparture, differs
from scheduling.patches.merge_patch import merged
from scheduling.patches.ownership import PUBLISHING, not_yours
from scheduling.publication.notices import announce
from scheduling.publication.services import publish_in
from scheduling.rules import EntriesByDate, Facts
from scheduling.siblings import SiblingUnavailable

# What the hard rules look at.
JUDGED = ("team", "trail_id", "location_id", "starts_at", "ends_at")
WHAT_MAKES_A_DEPARTURE = frozenset({"trip_id", "starts_at"})


class NotJudged(Exception):
    """Others changed the document since facts were looked up: by now this patch needs some, and has none."""


@dataclass(slots=True)
class PatchEdits:
    """`departures` are validated fields by departure, `entered` merge patches of adjustments by guide."""

    day: date
    departures: Mapping[UUID, Mapping[str, Any] | None]
    entered: Mapping[str, Any]
    may_publish: bool = False
    facts: Facts | None = None
    _created: list[CreatedDeparture] = field(default_factory=list)

    def look_up_facts(self, *, of_all: bool = False) -> Facts | None:
        """Read the facts that this patch is judged on; None where it needs none, unless `of_all`.

        Raises SiblingUnavailable where a plan cannot be judged; what guides entered lands all the same, and
        is judged by what our own documents say.
        """
        document = read_drafts([self.day])[self.day].document
        departures = document.departures
        patched = {key: fields for key, fields in self.departures.items() if fields}
        judged = {key: fields for key, fields in patched.items() if of_all or _is_judged(fields, departures.get(key))}
        if judged:
            return self._facts(judged, departures)
        concerned = self._departures_of_entered(document)
        if not concerned:
            return None
        try:
            return load_decision_facts([self.day], concerned)
        except SiblingUnavailable:
            return None

    def apply(self, drafts: Mapping[date, Draft]) -> None:
        """Change the draft as the patch says."""
        draft, now = drafts[self.day], timezone.now()
        to_publish = self._to_publish(draft.document)
        self._enter(draft.document)
        self._created.clear()
        entered = self._entered_by_all(draft.document)
        for key, fields in self.departures.items():
            departure = draft.document.departures.get(key)
            if fields is None:
                self._refuse_removal(key, departure)
                continue
            if self.facts is None and _is_judged(fields, departure):
                raise NotJudged
            if departure is None:
                departure = self._create(key, fields, draft.document)
                draft.document.departures[key] = departure
            EditedDeparture(key, departure, self.day, self.facts, entered, now).take(fields)
        self._publish(draft, to_publish)

    def record_messages(self, changes: Mapping[date, Change]) -> None:
        """Record notices, and the catalog's message of new departures, in the transaction of the write."""
        announce(changes)
        for created in self._created:
            if created.is_ours and self.day in changes:
                departure = changes[self.day].after.departures[created.departure_id]
                announce_to_catalog(created.departure_id, departure, self.day)

    def guide_names(self) -> list[str]:
        """Those who would have been planned, or who entered something."""
        document = read_drafts([self.day])[self.day].document
        names = {m.guide_id: m.guide_name for d in document.departures.values() for m in d.team}
        names |= {key: guide.name for key, guide in self.facts.snapshot.guides.items()} if self.facts else {}
        concerned = {*_guides_in(self.departures.values()), *(UUID(key) for key in self.entered)}
        for key in self.departures.keys() & document.departures.keys():
            concerned |= document.departures[key].guide_ids
        return sorted(names.get(guide_id, str(guide_id)) for guide_id in concerned)

    def _facts(self, judged: Mapping[UUID, Mapping[str, Any]], departures: Mapping[UUID, Departure]) -> Facts:
        made = [
            fields
            for key, fields in judged.items()
            if key not in departures and fields.keys() >= WHAT_MAKES_A_DEPARTURE
        ]
        return load_decision_facts(
            [self.day],
            [departures[key] for key in judged if key in departures]
            + [_moved(departures[key], fields) for key, fields in judged.items() if key in departures],
            to_create=[
                DepartureToCreate(fields["trip_id"], fields["starts_at"], fields.get("ends_at")) for fields in made
            ],
            trail_ids={fields["trail_id"] for fields in judged.values() if fields.get("trail_id")},
            guide_ids=_guides_in(judged.values()),
        )

    def _departures_of_entered(self, document: ScheduleDocument) -> list[Departure]:
        guides = {UUID(key) for key in self.entered}
        of_the_day = [departure for departure in document.departures.values() if departure.guide_ids & guides]
        return of_the_day + (_out_since_before(self.day, guides) if guides else [])

    def _enter(self, document: ScheduleDocument) -> None:
        for key, patch in self.entered.items():
            guide_id = UUID(key)
            if patch is None:
                document.guide_adjustments.pop(guide_id, None)
                continue
            stored = document.guide_adjustments.get(guide_id)
            entry = merged(stored.model_dump(mode="json", by_alias=True) if stored else {}, patch)
            document.guide_adjustments[guide_id] = _read_entry(entry, f"assignments.guide_adjustments.{key}")

    def _entered_by_all(self, document: ScheduleDocument) -> EntriesByDate:
        if self.facts is None:
            return EntriesByDate()
        later = self.facts.snapshot.available.keys() - {self.day}
        return EntriesByDate({**entries_on(later), self.day: document.guide_adjustments})

    def _refuse_removal(self, key: UUID, departure: Departure | None) -> None:
        if departure is not None:
            field = f"assignments.departures.{key}"
            reason = "is not removed; set its status to CANCELLED"
            raise DepartureNotEditable(f"{departure.trip_name} {reason}.", FieldProblem(field, reason))

    def _create(self, key: UUID, fields: Mapping[str, Any], document: ScheduleDocument) -> Departure:
        if self.facts is None or not fields.keys() >= WHAT_MAKES_A_DEPARTURE:
            raise UnknownDeparture(
                f"The daily schedule of {self.day} has no departure {key}.",
                FieldProblem(f"assignments.departures.{key}", "is not there; trip_id and starts_at make a new one"),
            )
        aliases = find_aliases(self.day, self.facts.snapshot, document)
        created = CreatedDeparture(key, self.day, fields, self.facts.snapshot, aliases)
        departure = created.build()
        self._created.append(created)
        return departure

    def _to_publish(self, document: ScheduleDocument) -> list[UUID]:
        """The departures that the patch publishes; a status PUBLISHED that is so already is only sent back as read.

        Raises NotYours where its sender may not publish.
        """
        keys = [key for key, fields in self.departures.items() if fields and _is_published(fields.get("status"))]
        departures = document.departures
        due = [key for key in keys if key not in departures or not _is_published(departures[key].status)]
        if due and not self.may_publish:
            raise not_yours(f"assignments.departures.{due[0]}.status", PUBLISHING)
        return due

    def _publish(self, draft: Draft, keys: Collection[UUID]) -> None:
        publish_in(draft, keys, timezone.now(), by_machine=False)
        for key in keys:
            departure = draft.document.departures[key]
            if departure.status is DepartureStatus.DRAFT:
                reason = "nobody is on its team; staff it before you publish it"
                field = f"assignments.departures.{key}.status"
                raise DepartureNotEditable(f"{departure.trip_name}: {reason}.", FieldProblem(field, reason))


def _is_judged(fields: Mapping[str, Any], departure: Departure | None) -> bool:
    if departure is None:
        return fields.keys() >= WHAT_MAKES_A_DEPARTURE
    is_reinstated = fields.get("status") == DepartureStatus.DRAFT and departure.status is DepartureStatus.CANCELLED
    judged = [name for name in JUDGED if name in fields and differs(departure, name, fields[name])]
    # Releasing guides breaks no rule, whichever sibling is unavailable.
    is_released = judged == ["team"] and not fields["team"]
    return is_reinstated or (bool(judged) and not is_released)


def _is_published(status: str | None) -> bool:
    return status == DepartureStatus.PUBLISHED


def _out_since_before(day: date, guide_ids: Collection[UUID]) -> list[Departure]:
    """Departures of earlier dates that these guides are still on: what they enter for `day` is about these too."""
    begins = datetime.combine(day, time.min, UTC)
    earlier: dict[date, set[UUID]] = defaultdict(set)
    for held in commitments_around(Span(begins, begins + ONE_DAY), guide_ids).values():
        for commitment in held:
            if commitment.day < day:
                earlier[commitment.day].add(commitment.departure_id)
    rows = DailySchedule.objects.filter(schedule_date__in=earlier)
    return [
        departure
        for row in rows
        for key, departure in row.document.departures.items()
        if key in earlier[row.schedule_date]
    ]


def _read_entry(entry: Any, field: str) -> GuideAdjustments:
    """A guide's whole entry. Raises Malformed, naming what of it cannot be read."""
    try:
        return GuideAdjustments.model_validate(entry)
    except ValidationError as error:
        # The serializers have read it before: only what they let slip comes this far.
        names = dict.fromkeys(".".join([field, *map(str, wrong["loc"][:1])]) for wrong in error.errors())
        problems = [FieldProblem(name, "cannot be read") for name in names]
        raise Malformed(f"The request is not valid: {', '.join(names)}.", *problems) from error


def _moved(departure: Departure, fields: Mapping[str, Any]) -> Departure:
    """The departure at the times that are wanted, by its own clock; no longer than one may take."""
    starts_at, ends_at = (
        fields.get(name, getattr(departure, name)).astimezone(departure.starts_at.tzinfo)
        for name in ("starts_at", "ends_at")
    )
    return departure.model_copy(update={"starts_at": starts_at, "ends_at": min(ends_at, starts_at + LONGEST_TRIP)})


def _guides_in(patches: Iterable[Mapping[str, Any] | None]) -> set[UUID]:
    return {member["guide_id"] for fields in patches if fields for member in fields.get("team") or ()}
