"""The siblings' facts about a schedule, as the independent check of the hard rules understands them."""

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import httpx

LEVELS = ("EASY", "MODERATE", "DIFFICULT", "EXPERT", "EXTREME")
LEVEL_OF_TRIP = {"BEGINNER": "EASY", "INTERMEDIATE": "MODERATE", "ADVANCED": "DIFFICULT", "EXPERT": "EXPERT"}
RESCUERS = ("wildernessfirstaid", "wildernessfirstresponder", "wildernessemt", "paramedic")
SAME_ACTIVITY = {"whitewaterrafting": "rafting"}
LONG_AGO, LONG_AHEAD = "2000-01-01", "2999-12-31"
PAGE = 100


def squeezed(name: str) -> str:
    """A name without case and separators."""
    letters = "".join(letter for letter in name.lower() if letter.isalnum())
    return SAME_ACTIVITY.get(letters, letters)


class SiblingFacts:
    """The siblings' facts over HTTP, each read once."""

    def __init__(self, siblings_url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=siblings_url, headers=headers, timeout=30)
        for name in ("_ask", "guides", "_regions"):
            setattr(self, name, cache(getattr(self, name)))

    def guides(self) -> dict[str, dict[str, Any]]:
        """Every guide, by id."""
        guides: dict[str, dict[str, Any]] = {}
        while True:
            page = self._ask(f"/svc-guide-management/guides?offset={len(guides)}&limit={PAGE}")
            guides |= {guide["id"]: guide for guide in page["data"]}
            if not page["pagination"]["has_more"]:
                return guides

    def guide(self, guide_id: str) -> dict[str, Any] | None:
        return self.guides().get(guide_id)

    def works_in(self, guide: dict[str, Any], region_id: str) -> bool:
        slug = self._regions()[region_id]["name"].lower().replace(" ", "_")
        return bool({region_id, slug} & set(guide["region_ids"]))

    def leads(self, guide: dict[str, Any], activity: str) -> bool:
        return squeezed(activity) in map(squeezed, guide["activity_specialties"])

    def is_away(self, guide_id: str, day: date) -> bool:
        path = f"/svc-guide-management/guides/{guide_id}/availability?from_date={LONG_AGO}&to_date={LONG_AHEAD}"
        return any(
            not window["available"] and window["start_date"] <= day.isoformat() <= window["end_date"]
            for window in self._ask(path)["data"]
        )

    def lacking(self, guide_id: str, trip_id: str, day: date) -> set[str]:
        """What the trip asks for and the guide has no certificate of that is good on `day`."""
        certificates = self._ask(f"/svc-guide-management/guides/{guide_id}/certifications")["data"]
        held = {
            squeezed(certificate["certification_type"])
            for certificate in certificates
            if certificate["status"] == "VALID"
            and certificate["issued_date"] <= day.isoformat() <= (certificate.get("expiry_date") or LONG_AHEAD)
        }
        highest = max((rank for rank, name in enumerate(RESCUERS) if name in held), default=-1)
        return set(map(squeezed, self._trip(trip_id)["required_certifications"])) - held - set(RESCUERS[: highest + 1])

    def trail(self, trail_id: str) -> dict[str, Any]:
        trail: dict[str, Any] = self._ask(f"/svc-trail-management/trails/{trail_id}")
        return trail

    def trail_closed(self, trail_id: str, day: date) -> str | None:
        """Why nobody may go there on `day`."""
        trail, path = self.trail(trail_id), f"/svc-trail-management/trails/{trail_id}"
        ground, sky = self._ask(f"{path}/conditions"), self._ask(f"/svc-weather/trail-conditions?trail_id={trail_id}")
        if trail["status"] == "CLOSED":
            return "closed"
        if not _in_season(trail, day):
            return "out of season"
        if "FLOODED" in {ground.get("surface_condition"), sky.get("surface_condition")}:
            return "flooded"
        if sky.get("overall_status") == "IMPASSABLE":
            return "impassable"
        for closure in self._ask(f"{path}/closures")["closures"]:
            lasts = closure["start_date"] <= day.isoformat() <= closure.get("end_date", LONG_AHEAD)
            if lasts and closure["severity"] in {"SEVERE", "CRITICAL"}:
                return str(closure["reason"])
        return None

    def capacity(self, location_id: str) -> int:
        return int(self._ask(f"/svc-location-services/locations/{location_id}/capacity")["max_capacity"])

    def zone(self, region_id: str) -> ZoneInfo:
        return ZoneInfo(self._regions()[region_id]["timezone"])

    def days_of(self, region_id: str, starts_at: datetime, ends_at: datetime) -> list[date]:
        """The dates on the region's calendars between two moments."""
        zone = self.zone(region_id)
        first, last = starts_at.astimezone(zone).date(), (ends_at - timedelta(seconds=1)).astimezone(zone).date()
        return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]

    def difficulty(self, trip_id: str, trail: dict[str, Any]) -> int:
        levels = [LEVEL_OF_TRIP[self._trip(trip_id)["difficulty_level"]], trail.get("difficulty")]
        return max(self.rank(level) for level in levels if level)

    def rank(self, level: str) -> int:
        return LEVELS.index(level)

    def _trip(self, trip_id: str) -> dict[str, Any]:
        trip: dict[str, Any] = self._ask(f"/svc-trip-catalog/trips/{trip_id}")
        return trip

    def _regions(self) -> dict[str, dict[str, Any]]:
        return {region["id"]: region for region in self._ask("/svc-trip-catalog/regions")["data"]}

    def _ask(self, path: str) -> Any:
        return self._http.get(path).raise_for_status().json()


def _in_season(trail: dict[str, Any], day: date) -> bool:
    """By month and day: a season comes back every year."""
    season = trail["seasonal_availability"]
    if season.get("year_round"):
        return True
    opens, closes, today = season["open_from"][5:], season["open_until"][5:], day.isoformat()[5:]
    if opens <= closes:
        return bool(opens <= today <= closes)
    return bool(today >= opens or today <= closes)
