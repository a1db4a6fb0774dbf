"""Parts of a stored document by their ids, each read when somebody looks at it.

A date may have thousands of departures, of which a write changes a few. What nobody looks at stays JSON: it is neither
read nor compared nor written anew.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar, overload
from uuid import UUID

from pydantic import ValidationError

from scheduling.domain.document.candidates import Candidates, Searchable, is_spelled_by_us
from scheduling.domain.part import Part

P = TypeVar("P", bound=Part)
T = TypeVar("T")
Json = Any


@dataclass(frozen=True, slots=True)
class StandIn(Generic[P]):
    """What takes the place of a part that cannot be read; where it is still one when it is written, the JSON stays."""

    make: Callable[[], P]
    is_one: Callable[[P], bool]


class LazyParts(MutableMapping[UUID, P], Generic[P]):
    """The departures, or the guides' entries, of a document: as they are stored, and as they were edited since.

    A part is edited by setting it, or in place. One that cannot be read is not among them unless a `stand_in` takes its
    place; its JSON stays. `stored` is shared with copies, and nobody changes it.
    """

    def __init__(
        self, kind: type[P], stored: Mapping[str, Json] | None = None, stand_in: StandIn[P] | None = None
    ) -> None:
        self._kind = kind
        self._stored: Mapping[str, Json] = {} if stored is None else stored
        self._stand_in = stand_in
        self._lender: LazyParts[P] | None = None
        self._parts: dict[UUID, P] = {}
        self._removed: set[UUID] = set()
        self._unreadable: set[UUID] = set()

    def __getitem__(self, key: UUID) -> P:
        part = self._parts.get(key)
        if part is not None:
            return part
        self._look_at(key)
        return self._parts[key]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, UUID) and self.get(key) is not None

    @overload
    def get(self, key: UUID, /) -> P | None: ...

    @overload
    def get(self, key: UUID, /, default: P | T) -> P | T: ...

    def get(self, key: UUID, /, default: P | T | None = None) -> P | T | None:
        """Return a part or the default: of many that are asked for most are missing, which is no error."""
        part = self._parts.get(key)
        if part is None:
            self._look_at(key)
            part = self._parts.get(key)
        return default if part is None else part

    def __setitem__(self, key: UUID, part: P) -> None:
        self._look_at(key)
        self._parts[key] = part

    def __delitem__(self, key: UUID) -> None:
        self._look_at(key)
        del self._parts[key]
        self._removed.add(key)

    def __iter__(self) -> Iterator[UUID]:
        stored = [key for key in self._stored_ids if key not in self._removed]
        for key in stored:
            self._look_at(key)
        in_place = dict.fromkeys(key for key in stored if key in self._parts)
        return iter([*in_place, *(key for key in self._parts if key not in in_place)])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, LazyParts):
            return not self.differing_from(other)
        return dict(self.items()) == other

    __hash__ = None  # type: ignore[assignment]

    def __or__(self, others: Mapping[UUID, P]) -> dict[UUID, P]:
        return {**self, **others}

    def __ror__(self, others: Mapping[UUID, P]) -> dict[UUID, P]:
        return {**others, **self}

    def __ior__(self, parts: Mapping[UUID, P]) -> "LazyParts[P]":
        self.update(parts)
        return self

    @property
    def looked_at(self) -> frozenset[UUID]:
        """The ids of those that were read, set or removed so far: no other differs from what is stored."""
        return frozenset(self._parts.keys() | self._removed)

    @property
    def are_all_looked_at(self) -> bool:
        """Whether there is no other part than those looked at: False where others were not read, and none is for it."""
        if isinstance(self._stored, Searchable) and not self._stored.are_all_read:
            return False
        return self.ids <= self.looked_at

    @property
    def ids(self) -> frozenset[UUID]:
        """The ids of all parts, of those that cannot be read too: none is read for it."""
        return frozenset(self._stored_ids) - self._removed | self._parts.keys()

    def is_unreadable(self, key: UUID) -> bool:
        """Return whether a part is stored and cannot be read; no other is read for it."""
        self._look_at(key)
        return key in self._unreadable

    @property
    def unreadable(self) -> frozenset[UUID]:
        """The ids of the stored parts that cannot be read: reads all of them."""
        for key in self._stored_ids:
            self._look_at(key)
        return frozenset(self._unreadable)

    @property
    def replaced_unread(self) -> frozenset[UUID]:
        """The ids of those that were set in the place of stored ones that cannot be read."""
        return frozenset(self._unreadable & self._parts.keys())

    def where(
        self,
        may_be_meant: Callable[[Json], bool],
        is_meant: Callable[[P], bool],
        among: Collection[Candidates] = (),
    ) -> dict[UUID, P]:
        """Return the parts that `is_meant` says, reading those alone that `may_be_meant` says by their JSON.

        Of those `among` which they are looked for; without any, of all.
        """
        if among:
            found = dict.fromkeys(spelling for candidates in among for spelling in self._matching(candidates))
            spellings = [spelling for spelling in found if may_be_meant(self._stored[spelling])]
        else:
            spellings = self._matching(may_be_meant)
        named = (key for spelling in spellings if (key := _id_in(spelling)) is not None and key not in self._removed)
        keys = dict.fromkeys([*named, *self._parts])
        return {key: part for key in keys if (part := self.get(key)) is not None and is_meant(part)}

    def differing_from(self, other: "LazyParts[P]") -> frozenset[UUID]:
        """Return the ids of the parts that one of the two lacks, or has otherwise.

        Nothing is read for it that nobody looked at, but for what is stored otherwise on the other side.
        """
        keys = self.looked_at | other.looked_at
        if self._stored is not other._stored:
            stored = {*self._stored_ids, *other._stored_ids} - keys
            keys |= {key for key in stored if self._raw(key) != other._raw(key)}
        pairs = ((key, self.get(key), other.get(key)) for key in keys)
        return frozenset(key for key, own, others in pairs if own is not others and own != others)

    def copy(self) -> "LazyParts[P]":
        """Return a copy; an edit of it in place is none of these."""
        return self._with({key: part.model_copy(deep=True) for key, part in self._parts.items()})

    def with_parts(self, parts: Mapping[UUID, P]) -> "LazyParts[P]":
        """Return a copy that has these in place of its own; all others are shared with it, so nobody edits them."""
        other = self._with(dict(self._parts))
        other._lender = self
        other.update(parts)
        return other

    def spelling(self, key: UUID) -> str:
        """Return the key under which a part is stored, or is to be."""
        spelling = str(key)
        if spelling in self._stored or not self._other_spellings:
            return spelling
        return self._other_spellings.get(key, spelling)

    def write(self) -> dict[str, Json]:
        """Return the JSON to store: of what nobody looked at and of what cannot be read, as it was."""
        kept = self._stored.keys() - {self.spelling(key) for key in self._removed - self._unreadable}
        written = {spelling: raw for spelling, raw in self._stored.items() if spelling in kept}
        written |= {self.spelling(key): _dump(part) for key, part in self._parts.items() if not self._stands_in(key)}
        return written

    def edits(self, keys: Collection[UUID]) -> dict[str, Json]:
        """Return the JSON to store of these parts by their keys, None for one that is removed.

        Left out are those that cannot be read, where nothing takes their place.
        """
        changed = (key for key in keys if key in self._parts or key not in self._unreadable)
        return {
            self.spelling(key): _dump(self._parts[key]) if key in self._parts else None
            for key in changed
            if not self._stands_in(key)
        }

    def _matching(self, may_be_meant: Callable[[Json], bool]) -> list[str]:
        if isinstance(may_be_meant, Candidates) and isinstance(self._stored, Searchable):
            return [*self._stored.matching(may_be_meant)]
        return [spelling for spelling, raw in self._stored.items() if isinstance(raw, dict) and may_be_meant(raw)]

    def _look_at(self, key: UUID) -> None:
        # An id is hashed in Python: not for sets that are empty, as these nearly always are.
        is_gone = (self._removed and key in self._removed) or (self._unreadable and key in self._unreadable)
        if is_gone or key in self._parts:
            return
        if self._lender is not None:
            self._borrow(key, self._lender)
        elif (spelling := self.spelling(key)) in self._stored:
            self._read(key, self._stored[spelling])

    def _read(self, key: UUID, raw: Json) -> None:
        try:
            self._parts[key] = self._kind.model_validate(raw)
        except ValidationError:
            self._unreadable.add(key)
            if self._stand_in is not None:
                self._parts[key] = self._stand_in.make()

    def _borrow(self, key: UUID, lender: "LazyParts[P]") -> None:
        part = lender.get(key)
        if part is not None:
            self._parts[key] = part
        if key in lender._unreadable:
            self._unreadable.add(key)

    def _stands_in(self, key: UUID) -> bool:
        if self._stand_in is None or key not in self._unreadable:
            return False
        part = self._parts.get(key)
        return part is not None and self._stand_in.is_one(part)

    def _raw(self, key: UUID) -> Json:
        return self._stored.get(self.spelling(key))

    def _with(self, parts: dict[UUID, P]) -> "LazyParts[P]":
        other = LazyParts(self._kind, self._stored, self._stand_in)
        other._parts, other._removed, other._unreadable = parts, set(self._removed), set(self._unreadable)
        return other

    @cached_property
    def _stored_ids(self) -> tuple[UUID, ...]:
        ids = (_id_in(spelling) for spelling in self._stored)
        return tuple(dict.fromkeys(key for key in ids if key is not None))

    @cached_property
    def _other_spellings(self) -> Mapping[UUID, str]:
        """The ids that are spelled as only SQL would; a key that is no id is nobody's part, and stays."""
        if isinstance(self._stored, Searchable):
            others = [*self._stored.spelled_otherwise()]
        else:
            others = [spelling for spelling in self._stored if not is_spelled_by_us(spelling)]
        return {key: spelling for spelling in others if (key := _id_in(spelling)) is not None}


def _dump(part: Part) -> Json:
    return part.model_dump(mode="json", by_alias=True)


def _id_in(spelling: str) -> UUID | None:
    try:
        return UUID(spelling)
    except ValueError:
        return None
