"""Times on an axis that several regions share: what the clocks of each show, without a zone.

They are passed to the script as if they were UTC, in milliseconds.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from uuid import UUID

from novatrek_scheduling.console.board.rows import BoardRow
from scheduling.domain.facts import Region


def zone_of(row: BoardRow, regions: Mapping[UUID, Region]) -> tzinfo | None:
    """Return the zone of a departure's region; without the catalog that of its start."""
    region = regions.get(row.departure.region_id)
    return region.timezone if region else row.departure.starts_at.tzinfo


def wall(instant: datetime, zone: tzinfo | None) -> int:
    """Return what the clocks of a zone show at an instant (aware)."""
    return milliseconds(instant.astimezone(zone).replace(tzinfo=UTC))


def milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
