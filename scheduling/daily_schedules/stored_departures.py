"""Daily schedules read without their departures: some are read with the row, all others once somebody looks at them."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models.fields.json import KeyTransform

from novatrek_scheduling.pgpool.prepared import prepared_cursor
from novatrek_scheduling.pgpool.rows import columns_named, table_of
from scheduling.domain.document import Candidates, Searchable, Trait, is_spelled_by_us
from scheduling.models import DailySchedule
from scheduling.models.stored_edits import VERSION

Json = Any

_ATTRIBUTES = [field.attname for field in DailySchedule._meta.concrete_fields if field.name != "assignments"]
_COLUMNS = columns_named(DailySchedule, *_ATTRIBUTES)
# Who waits for a row unpacks its document once he has it, and once for all that is taken out of it.
_READ = f"""
    SELECT {_COLUMNS}, {VERSION}, document - 'departures', {{found}}
    FROM (
        SELECT {_COLUMNS}, assignments, xmin FROM {table_of(DailySchedule)}
        WHERE schedule_date = ANY(%s::date[]) ORDER BY schedule_date {{lock}}
    ) AS stored
    CROSS JOIN LATERAL (SELECT assignments #> '{{{{}}}}' AS document OFFSET 0) AS unpacked
"""  # noqa: S608 (of constants alone)
_NAMED = "scheduling.entries_named(document, %s::jsonb) -> 'departures'"
_MATCHING = "(SELECT jsonb_object_agg(key, value) FROM jsonb_each(document -> 'departures') WHERE {conditions})"

# An id in another spelling than ours, as only SQL writes it, may be any.
_IS_ANY_OF = "({id} = ANY(%s) OR length({id}) <> 36 OR {id} <> lower({id}))"
_OF_ITSELF = _IS_ANY_OF.replace("{id}", "value ->> '{trait}'")
_OF_TEAM = f"""EXISTS (SELECT FROM
    jsonb_array_elements(CASE jsonb_typeof(value -> 'team') WHEN 'array' THEN value -> 'team' ELSE '[]' END) AS member
    WHERE {_IS_ANY_OF.replace("{id}", "member ->> 'guide_id'")})"""
_CONDITIONS = {trait: _OF_ITSELF.replace("{trait}", trait) for trait in Trait} | {Trait.GUIDE: _OF_TEAM}
# By places of hyphens and letters: a regular expression takes four times as long.
_SPELLED_OTHERWISE = "(key NOT LIKE '________-____-____-____-____________' OR key <> lower(key))"
_OF_ROW = (
    "SELECT key, value FROM scheduling.daily_schedules, jsonb_each(assignments -> 'departures') WHERE schedule_id = %s"
)


class StoredDepartures(Searchable):
    """The JSON of a row's departures by their keys: of those asked for as they were read with the row.

    All candidates `searched` for are among those. Another one is looked for among all of them, which are read then, as
    they are by then: without a lock on the row they may be of a later revision.
    """

    def __init__(
        self,
        schedule_id: UUID,
        asked_for: Collection[str],
        found: Mapping[str, Json],
        searched: Collection[Candidates] = (),
    ) -> None:
        self._schedule_id, self._asked_for, self._found = schedule_id, {*asked_for, *found}, found
        self._searched: defaultdict[Trait, set[str]] = defaultdict(set)
        for candidates in searched:
            self._searched[candidates.trait] |= candidates.spellings
        self._has_other_spellings = bool(searched)

    def __getitem__(self, key: str) -> Json:
        return self._found[key] if key in self._asked_for else self._all[key]

    def __contains__(self, key: object) -> bool:
        return key in self._found if key in self._asked_for else key in self._all

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def matching(self, candidates: Candidates) -> Collection[str]:
        """Read the candidates that were not read yet, and return the keys of all, in the order of their storage."""
        if self.are_all_read:
            known = self._all
        else:
            missing = candidates.spellings - self._searched[candidates.trait]
            if missing:
                self._search(_CONDITIONS[candidates.trait], list(missing))
                self._searched[candidates.trait] |= missing
            known = self._found
        return _in_order(key for key, raw in known.items() if isinstance(raw, dict) and candidates(raw))

    def spelled_otherwise(self) -> Collection[str]:
        """Read the departures whose keys are spelled as only SQL would, unless they are read, and return the keys."""
        if not self.are_all_read and not self._has_other_spellings:
            self._search(_SPELLED_OTHERWISE)
            self._has_other_spellings = True
        known = self._all if self.are_all_read else self._found
        return _in_order(key for key in known if not is_spelled_by_us(key))

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

    def _search(self, condition: str, *parameters: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"{_OF_ROW} AND {condition}", [self._schedule_id, *parameters])
            found = {key: json.loads(raw) for key, raw in cursor.fetchall()}
        # What was read before is as it was then.
        new = {key: raw for key, raw in found.items() if key not in self._asked_for}
        self._found = {**self._found, **new}
        self._asked_for |= new.keys()


class PartOfRow(NamedTuple):
    """A daily schedule whose `assignments` are deferred, and its JSON with the departures that were asked for.

    `version` says which of the row's versions it is (`kept_texts`).
    """

    row: DailySchedule
    stored: dict[str, Json]
    version: str


def read_parts(
    days: Collection[date], asked_for: Collection[UUID], candidates: Collection[Candidates] = (), *, lock: bool = False
) -> list[PartOfRow]:
    """Return the rows of these dates in their order, with these departures and candidates alone: others on demand."""
    keys = [*map(str, asked_for)]
    # Of the statement with candidates there are many texts.
    with connection.cursor() if candidates else prepared_cursor() as cursor:
        cursor.execute(*_statement(days, keys, candidates, lock=lock))
        return [_part(columns, keys, candidates) for columns in cursor.fetchall()]


def _part(columns: Sequence[Any], keys: list[str], candidates: Collection[Candidates]) -> PartOfRow:
    *values, version, beside, found = columns
    row = DailySchedule.from_db(connection.alias, _ATTRIBUTES, values)
    departures = StoredDepartures(row.pk, keys, json.loads(found) if found else {}, candidates)
    return PartOfRow(row, {**json.loads(beside), "departures": departures}, version)


def _statement(
    days: Collection[date], keys: list[str], candidates: Collection[Candidates], *, lock: bool
) -> tuple[str, list[Any]]:
    parameters: list[Any]
    if candidates:
        conditions = " OR ".join(["key = ANY(%s)", _SPELLED_OTHERWISE, *(_CONDITIONS[c.trait] for c in candidates)])
        found, parameters = _MATCHING.format(conditions=conditions), [keys, *(list(c.spellings) for c in candidates)]
    else:
        found, parameters = _NAMED, [json.dumps({"departures": dict.fromkeys(keys)})]
    return _READ.format(found=found, lock="FOR UPDATE" if lock else ""), [*parameters, list(days)]


def _in_order(keys: Iterable[str]) -> list[str]:
    """Return keys in the order in which PostgreSQL stores them: shorter ones first."""
    return sorted(keys, key=lambda key: (len(spelled := key.encode()), spelled))
