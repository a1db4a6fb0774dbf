"""svc-guide-management: guides, their availability and their certifications. Read-only by design."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from scheduling.domain.facts import Sibling
from scheduling.domain.limits import MAX_GUESTS, MAX_NAME, MAX_NOTE
from scheduling.siblings.calls import Call, Payload
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.paging import PAGE_SIZE, completeness_of, read_all_pages
from scheduling.siblings.parallel import Lookups
from scheduling.siblings.records import RecordList, Records

GUIDES_LIFETIME = timedelta(minutes=1)
SEARCH = "searchGuides"
MAX_YEARS = 80
"""The longest experience of a guide."""

EmergencyTraining = Literal["WILDERNESS_FIRST_AID", "WILDERNESS_FIRST_RESPONDER", "WILDERNESS_EMT", "PARAMEDIC"]

Name = Annotated[str, Field(max_length=MAX_NAME)]

_call = partial(Call, Sibling.GUIDE_MANAGEMENT, is_about_safety=True)
_resource_call = partial(_call, names_resource=True)


class GuidePayload(Payload):
    id: UUID
    first_name: Name
    last_name: Name
    region_ids: list[Name]
    status: Literal["ACTIVE", "ON_LEAVE", "TRAINING", "SUSPENDED", "TERMINATED"]
    certifications: list[Name] | None = None
    activity_specialties: list[Name] | None = None
    years_experience: int | None = Field(default=None, ge=0, le=MAX_YEARS)
    max_group_size: int | None = Field(default=None, ge=1, le=MAX_GUESTS)
    average_rating: float | None = Field(default=None, ge=1, le=5)
    emergency_training_level: EmergencyTraining | None = None
    languages: list[Name] | None = None


class CertificationPayload(Payload):
    certification_type: Name
    issued_date: date
    expiry_date: date | None = None
    status: Literal["VALID", "EXPIRED", "REVOKED", "PENDING_RENEWAL"]


class AvailabilityPayload(Payload):
    start_date: date
    end_date: date
    available: bool
    notes: str | None = Field(default=None, max_length=MAX_NOTE)


class _Pagination(Payload):
    total: int | None = None


class _GuidePage(RecordList):
    RECORDS: ClassVar[str] = "data"

    data: list[GuidePayload]
    pagination: _Pagination = _Pagination()

    @property
    def entries(self) -> list[GuidePayload]:
        return self.data

    @property
    def total(self) -> int | None:
        return self.pagination.total


class _Certifications(Payload):
    data: list[CertificationPayload]


class _Availability(Payload):
    data: list[AvailabilityPayload]


async def read_guides(reader: SiblingReader, lookups: Lookups) -> Records[GuidePayload]:
    """Read all guides, available or not. Raises SiblingUnavailable."""
    return await read_all_pages(lookups, Sibling.GUIDE_MANAGEMENT, SEARCH, partial(_guide_page, reader, {}))


async def read_available_guides(reader: SiblingReader, lookups: Lookups, day: date) -> Records[GuidePayload]:
    """Read the guides of all regions who are available on `day`. Raises SiblingUnavailable."""
    read = partial(_guide_page, reader, {"availability_date": f"{day}"})
    return await read_all_pages(lookups, Sibling.GUIDE_MANAGEMENT, SEARCH, read)


async def read_guide(reader: SiblingReader, guide_id: UUID) -> GuidePayload:
    """Read one guide. Raises SiblingNotFound for an unknown guide."""
    return await reader.get(_resource_call("getGuide", f"/guides/{guide_id}"), GuidePayload, lifetime=GUIDES_LIFETIME)


async def read_certifications(reader: SiblingReader, guide_id: UUID) -> list[CertificationPayload]:
    """Read the certifications of a guide. Raises SiblingNotFound for an unknown guide."""
    answer = await reader.get(_certifications_call(guide_id), _Certifications, lifetime=GUIDES_LIFETIME)
    return answer.data


def look_up_certifications(reader: SiblingReader, guide_ids: Iterable[UUID]) -> None:
    """Look up at once what the cache has of these guides' certifications, before they are read."""
    reader.look_up(map(_certifications_call, guide_ids), GUIDES_LIFETIME)


async def read_availability(
    reader: SiblingReader, guide_id: UUID, first: date, last: date
) -> list[AvailabilityPayload]:
    """Read the availability windows of a guide that touch `first` to `last`, both included.

    Raises SiblingNotFound for an unknown guide.
    """
    answer = await reader.get(_availability_call(guide_id, first, last), _Availability, lifetime=GUIDES_LIFETIME)
    return answer.data


def look_up_availability(reader: SiblingReader, guide_ids: Iterable[UUID], first: date, last: date) -> None:
    """Look up at once what the cache has of these guides' windows, before they are read."""
    reader.look_up((_availability_call(guide_id, first, last) for guide_id in guide_ids), GUIDES_LIFETIME)


def _certifications_call(guide_id: UUID) -> Call:
    return _resource_call("getGuideCertifications", f"/guides/{guide_id}/certifications")


def _availability_call(guide_id: UUID, first: date, last: date) -> Call:
    params = {"from_date": f"{first}", "to_date": f"{last}"}
    return _resource_call("getGuideAvailability", f"/guides/{guide_id}/availability", params=params)


async def _guide_page(reader: SiblingReader, params: Mapping[str, str], index: int) -> _GuidePage:
    page_params: dict[str, str | int] = {**params, "offset": index * PAGE_SIZE, "limit": PAGE_SIZE}
    call = _call(SEARCH, "/guides", params=page_params)
    return await reader.get(call, _GuidePage, lifetime=GUIDES_LIFETIME, check=completeness_of(call, index))
