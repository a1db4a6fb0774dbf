"""Daily schedules read without their departures: some are read with the row, all others once somebody looks at them."""

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Func, JSONField, QuerySet, Value
from django.db.models.fields.json import KeyTransform

from scheduling.domain.document import Candidates, Trait
from scheduling.models import DailySchedule

Json = Any

# The document is unpacked once for all of them, not for each.
_NAMED = "scheduling.entries_named(%(expressions)s::jsonb) -> 'departures'"
_OTHERS = "(%(expressions)s - 'departures')"

# An id in another spelling than ours, as only SQL writes it, may be any.
_IS_ANY_OF = "({id} = ANY(%s) OR length({id}) <> 36 OR {id} <> lower({id}))"
_OF_ITSELF = _IS_ANY_OF.replace("{id}", "value ->> '{trait}'")
_OF_TEAM = f"""EXISTS (SELECT FROM
    jsonb_array_elements(CASE jsonb_typeof(value -> 'team') WHEN 'array' THEN value -> 'team' ELSE '[]' END) AS member
    WHERE {_IS_ANY_OF.replace("{id}", "member ->> 'guide_id'")})"""
_CONDITIONS = {trait: _OF_ITSELF.replace("{trait}", trait) for trait in Trait} | {Trait.GUIDE: _OF_TEAM}
_OF_ROW = (
    "SELECT key, value FROM scheduling.daily_schedules, jsonb_each(assignments -> 'departures') WHERE schedule_id = %s"
)
_MATCHING = {trait: f"{_OF_ROW} AND {condition}" for trait, condition in _CONDITIONS.items()}


class StoredDepartures(Mapping[str, Json]):
    """The JSON of a row's departures by their keys: of those asked for as they were read with the row.

    Another one is looked for among all of them, which are read then, as they are by then: without a lock on the row
    they may be of a later revision.
    """

    def __init__(self, schedule_id: UUID, asked_for: Collection[str], found: Mapping[str, Json]) -> None:
        self._schedule_id, self._asked_for, self._found = schedule_id, set(asked_for), found

    def __getitem__(self, key: str) -> Json:
        return self._found[key] if key in self._asked_for else self._all[key]

    def __contains__(self, key: object) -> bool:
        return key in self._found if key in self._asked_for else key in self._all

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def matching(self, candidates: Candidates) -> Collection[str]:
        """Read the candidates, unless all are read, and return their keys in the order in which they are stored."""
        if self.are_all_read:
            return [key for key, raw in self._all.items() if isinstance(raw, dict) and candidates(raw)]
        with connection.cursor() as cursor:
            cursor.execute(_MATCHING[candidates.trait], [self._schedule_id, list(candidates.spellings)])
            matching = {key: json.loads(raw) for key, raw in cursor.fetchall()}
        # What was read before is as it was then.
        known = {key: raw for key, raw in matching.items() if key not in self._asked_for or key in self._found}
        self._found = {**known, **self._found}
        self._asked_for |= known.keys()
        return [*known]

    @property
    def are_all_read(self) -> bool:
        """True once somebody looked at another departure than those that were asked for."""
        return "_all" in self.__dict__

    @cached_property
    def _all(self) -> Mapping[str, Json]:
        rows = DailySchedule.objects.filter(pk=self._schedule_id)
        departures = rows.values_list(KeyTransform("departures", "assignments"), flat=True).first() or {}
        read = {key: raw for key, raw in departures.items() if key not in self._asked_for or key in self._found}
        return {**read, **self._found}


def without_departures(rows: QuerySet[DailySchedule], asked_for: Collection[UUID]) -> QuerySet[Any]:
    """Return the rows with these departures of theirs alone, for `partly_stored`."""
    named = Value(json.dumps({"departures": dict.fromkeys(map(str, asked_for))}))
    document = F("assignments")
    return rows.defer("assignments").annotate(
        beside_departures=Func(document, template=_OTHERS, output_field=JSONField()),
        departures_found=Func(document, named, template=_NAMED, output_field=JSONField()),
    )


def partly_stored(row: Any, asked_for: Collection[UUID]) -> dict[str, Json]:
    """Return the JSON of a row that was read `without_departures`: a document whose departures are read on demand."""
    found = row.departures_found or {}
    return {**row.beside_departures, "departures": StoredDepartures(row.pk, [*map(str, asked_for)], found)}
