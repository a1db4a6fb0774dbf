"""Base camps for a snapshot."""

from uuid import UUID

from scheduling.domain.facts import Location, RecordKind, Region, Sibling
from scheduling.siblings import location_services
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.last_good import BASE_CAMPS, NO_TRAITS
from scheduling.siblings.location_services import LocationPayload
from scheduling.siblings.records import Records
from scheduling.snapshot.gaps import Gaps
from scheduling.snapshot.translation import base_camp_of

LOCATIONS = Sibling.LOCATION_SERVICES


async def read_base_camp(reader: SiblingReader, gaps: Gaps, region: Region) -> Location | None:
    """Read the base camp of a region, the first by id; None without one, or without an answer, which `gaps` notes."""
    camps = await gaps.answer_or_note(LOCATIONS, f"the base camp of {region.name}", _judged_camps(reader, region.id))
    if camps is None:
        return None
    sound = gaps.sound(LOCATIONS, RecordKind.BASE_CAMP, camps)
    first = min(sound, key=lambda camp: camp.id, default=None)
    if camps.sick:
        gaps.note(LOCATIONS, f"a base camp of {region.name} that cannot be read")
    if first is None:
        return None
    read = location_services.read_capacity(reader, first.id)
    capacity = await gaps.answer_or_note(LOCATIONS, f"the capacity of the base camp of {region.name}", read)
    return base_camp_of(first, capacity.max_capacity if capacity else None)


async def _judged_camps(reader: SiblingReader, region_id: UUID) -> Records[LocationPayload]:
    camps = await location_services.read_base_camps(reader, region_id)
    reader.answers.judge(BASE_CAMPS, {camp.id: NO_TRAITS for camp in camps.entries}, scope=str(region_id))
    return camps
