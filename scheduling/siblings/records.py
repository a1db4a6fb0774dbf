"""Lists of records. One that breaks the contract is left out by name; a list with many of them is no answer."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, Self, TypeVar
from uuid import UUID

import structlog
from django.conf import settings
from pydantic import PrivateAttr, ValidationError

from scheduling.domain.facts import Sibling
from scheduling.siblings.calls import Call, Payload
from scheduling.siblings.errors import SiblingFailure
from scheduling.siblings.metrics import SICK_RECORDS

MAX_LOGGED = 20

log = structlog.get_logger(__name__)

T = TypeVar("T")


class SickRecord(NamedTuple):
    """A record that breaks the contract. `id` is None where it cannot be read either."""

    id: UUID | None
    reason: str


class Translatable(Protocol):
    """A response, of which is kept what was made of it."""

    def translated_by(self, translate: Callable[[Any], T]) -> T: ...


@dataclass(frozen=True, slots=True)
class Records(Generic[T]):
    """The records of a list: those on the contract, and those left out. `pages` are the responses of a paged list."""

    entries: list[T]
    sick: tuple[SickRecord, ...] = ()
    pages: Sequence[Translatable] = ()


class RecordList(Payload):
    """A response with a list of records under the key `RECORDS`."""

    RECORDS: ClassVar[str]
    _sick: tuple[SickRecord, ...] = PrivateAttr(default=())

    @property
    def sick(self) -> tuple[SickRecord, ...]:
        """The records that were left out because they break the contract."""
        return self._sick

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Parse a body; records that break the contract are left out. Raises ValidationError for any other fault."""
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            reasons = _reasons_by_position(error, cls.RECORDS)
        content = json.loads(body)
        records = content[cls.RECORDS]
        content[cls.RECORDS] = [record for position, record in enumerate(records) if position not in reasons]
        page = cls.model_validate_json(json.dumps(content))
        page._sick = tuple(
            SickRecord(_id_of(records[position]), reason) for position, reason in sorted(reasons.items())
        )
        return page


def _reasons_by_position(error: ValidationError, key: str) -> Mapping[int, str]:
    """Return the faults by the position of their record. Raises `error` where it has a fault outside of records."""
    reasons: dict[int, list[str]] = defaultdict(list)
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        match problem["loc"]:
            case (name, int(position), *place) if name == key:
                reasons[position].append(f"{'.'.join(map(str, place)) or 'it'}: {problem['msg']}")
            case _:
                raise error
    return {position: "; ".join(texts) for position, texts in reasons.items()}


def _id_of(record: Any) -> UUID | None:
    try:
        return UUID(record["id"])
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


def lost_limit(total: int) -> int:
    """Return how many of `total` records may be sick or have vanished in an answer that still counts as one."""
    return max(int(settings.MAX_LOST_RECORDS), floor(float(settings.MAX_LOST_RECORDS_SHARE) * total))


def refuse_sick_list(sibling: Sibling, operation: str, sick: Collection[SickRecord], total: int) -> None:
    """Raise SiblingFailure (suspicious) where more of `total` records break the contract than may be left out."""
    if len(sick) > lost_limit(total):
        first = next(iter(sick))
        why = f"{len(sick)} of {total} records are off the contract, for example {first.id} ({first.reason})"
        raise SiblingFailure(sibling, operation, "suspicious", why)


def report_sick_records(call: Call, sick: Collection[SickRecord]) -> None:
    """Count and log the records that were left out of a response."""
    if sick:
        SICK_RECORDS.labels(call.sibling, call.operation).inc(len(sick))
        records = {str(record.id): record.reason for record in list(sick)[:MAX_LOGGED]}
        log.warning("sibling_records_left_out", sibling=call.sibling, operation=call.operation, records=records)
