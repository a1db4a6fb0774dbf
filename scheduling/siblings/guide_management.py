"""svc-guide-management: guides, who is available, what they are certified for. Read only, by design."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Literal
from uuid import UUID

from scheduling.domain.facts import Sibling
from scheduling.siblings.calls import Call, Payload
from scheduling.siblings.client import Reader
from scheduling.siblings.paging import PAGE_SIZE, every_entry
from scheduling.siblings.parallel import Lookups

GUIDES_LIFETIME = timedelta(minutes=1)

EmergencyTraining = Literal["WILDERNESS_FIRST_AID", "WILDERNESS_FIRST_RESPONDER", "WILDERNESS_EMT", "PARAMEDIC"]

_call = partial(Call, Sibling.GUIDE_MANAGEMENT)
_about = partial(_call, names_one=True)


class GuidePayload(Payload):
    id: UUID
    first_name: str
    last_name: str
    region_ids: list[str]
    status: Literal["ACTIVE", "ON_LEAVE", "TRAINING", "SUSPENDED", "TERMINATED"]
    certifications: list[str] | None = None
    activity_specialties: list[str] | None = None
    years_experience: int | None = None
    max_group_size: int | None = None
    average_rating: float | None = None
    emergency_training_level: EmergencyTraining | None = None
    languages: list[str] | None = None


class CertificationPayload(Payload):
    certification_type: str
    expiry_date: date | None = None
    status: Literal["VALID", "EXPIRED", "REVOKED", "PENDING_RENEWAL"]


class AvailabilityPayload(Payload):
    start_date: date
    end_date: date
    available: bool
    notes: str | None = None


class _Pagination(Payload):
    total: int | None = None


class _GuidePage(Payload):
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


def read_guides(reader: Reader, lookups: Lookups) -> list[GuidePayload]:
    """Every guide, available or not."""
    return every_entry(lookups, Sibling.GUIDE_MANAGEMENT, partial(_guide_page, reader, {}))


def read_available_guides(reader: Reader, lookups: Lookups, day: date) -> list[GuidePayload]:
    """The guides of all regions who are available on `day`: one answer for every region and trip."""
    read = partial(_guide_page, reader, {"availability_date": f"{day}"})
    return every_entry(lookups, Sibling.GUIDE_MANAGEMENT, read)


def read_guide(reader: Reader, guide_id: UUID) -> GuidePayload:
    """Raises SiblingNotFound for a guide whom nobody knows."""
    return reader.get(_about("getGuide", f"/guides/{guide_id}"), GuidePayload, lifetime=GUIDES_LIFETIME)


def read_certifications(reader: Reader, guide_id: UUID) -> list[CertificationPayload]:
    """Raises SiblingNotFound for a guide whom nobody knows."""
    call = _about("getGuideCertifications", f"/guides/{guide_id}/certifications")
    return reader.get(call, _Certifications, lifetime=GUIDES_LIFETIME).data


def read_availability(reader: Reader, guide_id: UUID, first: date, last: date) -> list[AvailabilityPayload]:
    """The windows of a guide that touch `first` to `last`. Raises SiblingNotFound for an unknown guide."""
    params = {"from_date": f"{first}", "to_date": f"{last}"}
    call = _about("getGuideAvailability", f"/guides/{guide_id}/availability", params=params)
    return reader.get(call, _Availability, lifetime=GUIDES_LIFETIME).data


def _guide_page(reader: Reader, params: Mapping[str, str], index: int) -> _GuidePage:
    asked: dict[str, str | int] = {**params, "offset": index * PAGE_SIZE, "limit": PAGE_SIZE}
    return reader.get(_call("searchGuides", "/guides", params=asked), _GuidePage, lifetime=GUIDES_LIFETIME)
