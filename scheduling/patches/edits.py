"""The edit that applies a patch to a date's document, whatever its revision."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from pydantic import ValidationError

from novatrek_scheduling.errors import FieldProblem, Malformed
from scheduling.daily_schedules.catalog_aliases import announce_to_catalog, ask_to_close_listings, find_aliases
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.drafts import Draft, read_drafts
from scheduling.daily_schedules.surroundings import entries_around
from scheduling.domain.document import Departure, DepartureStatus, GuideAdjustments, ScheduleDocument
from scheduling.errors import DepartureNotEditable, UnknownDeparture
from scheduling.patches.created_departures import CreatedDeparture
from scheduling.patches.departure_edits import EditedDeparture
from scheduling.patches.merge_patch import merged
from scheduling.patches.ownership import PUBLISHING, not_yours
from scheduling.patches.required_facts import CREATING_FIELDS, guides_in, is_ruled, needs_facts
from scheduling.publication.judgement import PublicationFacts
from scheduling.publication.notices import announce
from scheduling.publication.services import publish_in
from scheduling.rules import EntriesByDate, Facts


class FactsMissing(Exception):
    """A concurrent write changed the document since facts were loaded: the patch now needs some, and has none."""


@dataclass(slots=True)
class PatchEdits:
    """A patch of one date: `departures` are validated fields by departure, `entries` merge patches by guide."""

    day: date
    departures: Mapping[UUID, Mapping[str, Any] | None]
    entries: Mapping[str, Any]
    may_publish: bool = False
    facts: Facts | None = None
    _created: list[CreatedDeparture] = field(default_factory=list)

    @property
    def touch_plans(self) -> bool:
        """Whether the patch may depend on facts, or touch guides or seats."""
        return bool(self.entries) or is_ruled(self.departures)

    @property
    def entry_guide_ids(self) -> frozenset[UUID]:
        """The guides whose entries are patched."""
        return frozenset(UUID(key) for key in self.entries)

    def apply(self, drafts: Mapping[date, Draft]) -> None:
        """Apply the patch to the draft of its date.

        Raises FactsMissing, and the errors of `patch_daily_schedule` that refuse a field.
        """
        draft, now = drafts[self.day], timezone.now()
        to_publish = self._to_publish(draft.document)
        self.merge_entries(draft.document)
        self._created.clear()
        entries = self._entries_by_date(draft.document)
        for key, fields in self.departures.items():
            departure = draft.document.departures.get(key)
            if fields is None:
                self._refuse_removal(key, departure)
                continue
            if self.facts is None and needs_facts(fields, departure):
                raise FactsMissing
            if departure is None:
                departure = self._create(key, fields, draft.document)
                draft.document.departures[key] = departure
            EditedDeparture(key, departure, self.day, self.facts, entries, now).apply(fields)
        self._publish(draft, to_publish)

    def record_messages(self, changes: Mapping[date, Change]) -> None:
        """Record the guides' notices, and the messages of new departures to the catalog, in the write's transaction."""
        announce(changes)
        ask_to_close_listings(changes)
        for created in self._created:
            if created.is_ours and self.day in changes:
                departure = changes[self.day].after.departures[created.departure_id]
                announce_to_catalog(created.departure_id, departure, self.day)

    def guide_names(self) -> list[str]:
        """Return the names of the guides on the teams and in the entries that the patch concerns."""
        document = read_drafts([self.day])[self.day].document
        names = {m.guide_id: m.guide_name for d in document.departures.values() for m in d.team}
        names |= {key: guide.name for key, guide in self.facts.snapshot.guides.items()} if self.facts else {}
        concerned = guides_in(self.departures.values()) | self.entry_guide_ids
        for key in self.departures.keys() & document.departures.keys():
            concerned |= document.departures[key].guide_ids
        return sorted(names.get(guide_id, str(guide_id)) for guide_id in concerned)

    def merge_entries(self, document: ScheduleDocument) -> None:
        """Merge the guides' entries of the patch into a document. Raises Malformed."""
        for key, patch in self.entries.items():
            guide_id = UUID(key)
            if patch is None:
                document.guide_adjustments.pop(guide_id, None)
                continue
            stored = document.guide_adjustments.get(guide_id)
            entry = merged(stored.model_dump(mode="json", by_alias=True) if stored else {}, patch)
            document.guide_adjustments[guide_id] = _read_entry(entry, f"assignments.guide_adjustments.{key}")

    def _entries_by_date(self, document: ScheduleDocument) -> EntriesByDate:
        if self.facts is None:
            return EntriesByDate()
        return entries_around(document, self.day, self.facts.snapshot.available.keys())

    def _refuse_removal(self, key: UUID, departure: Departure | None) -> None:
        if departure is not None:
            field = f"assignments.departures.{key}"
            reason = "cannot be removed; set its status to CANCELLED"
            raise DepartureNotEditable(f"{departure.trip_name} {reason}.", FieldProblem(field, reason))

    def _create(self, key: UUID, fields: Mapping[str, Any], document: ScheduleDocument) -> Departure:
        if self.facts is None or not fields.keys() >= CREATING_FIELDS:
            raise UnknownDeparture(
                f"The daily schedule of {self.day} has no departure {key}.",
                FieldProblem(f"assignments.departures.{key}", "does not exist; trip_id and starts_at create one"),
            )
        aliases = find_aliases(self.day, self.facts.snapshot, document)
        created = CreatedDeparture(key, self.day, fields, self.facts.snapshot, aliases)
        departure = created.build()
        self._created.append(created)
        return departure

    def _to_publish(self, document: ScheduleDocument) -> list[UUID]:
        """The departures that the patch publishes; one that is PUBLISHED already was only sent back as it was read.

        Raises FieldNotOwned where the sender of the patch may not publish.
        """
        keys = [key for key, fields in self.departures.items() if fields and _is_published(fields.get("status"))]
        departures = document.departures
        due = [key for key in keys if key not in departures or not _is_published(departures[key].status)]
        if due and not self.may_publish:
            raise not_yours(f"assignments.departures.{due[0]}.status", PUBLISHING)
        return due

    def _publish(self, draft: Draft, keys: Collection[UUID]) -> None:
        covers = frozenset(keys)
        # Without facts there is no team to judge: a patch that publishes one requires them.
        known = PublicationFacts(self.facts, covers) if self.facts else PublicationFacts.nothing(self.day, covers)
        publish_in(draft, keys, timezone.now(), known=known, by_machine=False)
        for key in keys:
            departure = draft.document.departures[key]
            if departure.status is DepartureStatus.DRAFT:
                reason = "it has no team; staff it before you publish it"
                field = f"assignments.departures.{key}.status"
                raise DepartureNotEditable(f"{departure.trip_name}: {reason}.", FieldProblem(field, reason))


def _is_published(status: str | None) -> bool:
    return status == DepartureStatus.PUBLISHED


def _read_entry(entry: Any, field: str) -> GuideAdjustments:
    """A guide's whole entry. Raises Malformed, naming the fields that cannot be read."""
    try:
        return GuideAdjustments.model_validate(entry)
    except ValidationError as error:
        # The serializers validated the patch: only what they let pass fails here.
        names = dict.fromkeys(".".join([field, *map(str, fault["loc"][:1])]) for fault in error.errors())
        problems = [FieldProblem(name, "cannot be read") for name in names]
        raise Malformed(f"The request is not valid: {', '.join(names)}.", *problems) from error
