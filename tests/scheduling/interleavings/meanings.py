"""What each write is meant to make of a document. The document that is given is changed, and returned."""

from collections.abc import Collection, Mapping
from typing import Any

from tests.scheduling.interleavings.documents import (
    TOLD,
    Json,
    Refused,
    copied,
    count_participants,
    guides_of,
    merged,
    put,
)
from tests.scheduling.interleavings.rules import (
    digests_of,
    have_notes,
    refuse_what_breaks_a_rule,
    refuse_what_newly_breaks_a_rule,
)
from tests.scheduling.interleavings.world import newcomer

OPEN = frozenset({"DRAFT", "PUBLISHED"})
# When and where: who was confirmed for it has to be asked anew, if anything is open.
PLAN = frozenset({"ends_at", "trail_id"})


def edited(document: Json, key: str, fields: Mapping[str, Any]) -> Json:
    """A dispatcher's patch of one departure; what is so already is no change. Raises Refused."""
    before, departure = copied(document), document["departures"][key]
    news = {name: value for name, value in fields.items() if _is_news(departure, name, value)}
    _set_status(departure, news)
    _move_and_resize(departure, news)
    if "team" in news:
        departure["team"] = [_member(departure, member) for member in news["team"]]
        if departure["team"]:
            departure.pop("unassigned_reason", None)
    if news.keys() & {"team", *PLAN} and have_notes(document, departure):
        for member in departure["team"]:
            if news.keys() & PLAN or member["assignment_status"] == "TENTATIVE":
                member["assignment_status"] = "PENDING_APPROVAL"
    if fields.get("status") == "PUBLISHED" != before["departures"][key]["status"]:
        published(document, {key}, by_machine=False)
        if departure["status"] == "DRAFT":
            raise Refused("DEPARTURE_NOT_EDITABLE")
    refuse_what_newly_breaks_a_rule(before, document)
    return document


def entered(document: Json, patch: Json) -> Json:
    """What a guide enters always lands, and a note for a published departure awaits approval."""
    for guide, entry in patch["guide_adjustments"].items():
        known, was = document["guide_adjustments"].get(guide), digests_of(document, guide)
        now = merged(known, entry)
        document["guide_adjustments"][guide] = {"availability_exceptions": [], "restrictions": [], **now}
        for departure in document["departures"].values():
            for member in departure["team"]:
                if member["guide_id"] == guide and departure["status"] == "PUBLISHED":
                    _hear(departure, member, was, digests_of(document, guide))
    return document


def _hear(departure: Json, member: Json, was: set[str], now: set[str]) -> None:
    had = set(member.get("open_notes", []))
    if member["assignment_status"] != "CONFIRMED" and not had:
        return
    still_open = (had - (was - now)) | (now - was - set(member.get("approved_notes", [])))
    if still_open:
        member["assignment_status"] = "PENDING_APPROVAL"
    elif had and member["guide_id"] in departure.get("published", {}).get("guide_ids", []) and not _has_news(departure):
        member["assignment_status"] = "CONFIRMED"
    put(member, "open_notes", sorted(still_open) or None)


def published(document: Json, keys: Collection[str] | None, *, by_machine: bool) -> Json:
    """Publishing departures, all where none is named. Raises Refused."""
    departures = document["departures"]
    named = [key for key in (departures if keys is None else keys) if _is_due(departures[key])]
    due = [departures[key] for key in named]
    if by_machine and any(m["assignment_status"] == "PENDING_APPROVAL" for d in due for m in d["team"]):
        raise Refused("APPROVAL_REQUIRED")
    refuse_what_breaks_a_rule(document, named)
    if by_machine and any(
        digests_of(document, m["guide_id"]) - set(m.get("approved_notes", [])) for d in due for m in _told(d)
    ):
        raise Refused("APPROVAL_REQUIRED")
    has_news = [_publish(document, departure) for departure in due]
    document[TOLD] += any(has_news)
    return document


def restored(document: Json, first: Json, then: Json) -> Json:
    """The plan of `then`, where it was another one when somebody looked `first` and is now. Raises Refused."""
    before = copied(document)
    for key, departure in document["departures"].items():
        earlier = then["departures"].get(key)
        if not (_may_be_restored(first["departures"].get(key), earlier) and _may_be_restored(departure, earlier)):
            continue
        confirmed = {m["guide_id"] for m in departure["team"] if m["assignment_status"] == "CONFIRMED"}
        _take_over(departure, earlier, _differing(departure, earlier))
        if have_notes(document, departure):
            for member in departure["team"]:
                if member["guide_id"] not in confirmed:
                    member["assignment_status"] = "PENDING_APPROVAL"
    refuse_what_newly_breaks_a_rule(before, document)
    return document


def _take_over(departure: Json, earlier: Json, names: Collection[str]) -> None:
    """What differs becomes as it was, never with fewer places than guests; what was called off goes again."""
    if "team" in names:
        departure["team"] = [_restored(departure, member) for member in earlier["team"]]
    if "capacity" in names:
        departure["capacity"] = max(earlier["capacity"], min(departure["capacity"], departure["participants"]))
    if "is_cancelled" in names:
        is_as_told = departure.get("published") == earlier.get("published") and earlier["status"] != "DRAFT"
        reinstated = "PUBLISHED" if is_as_told else "DRAFT"
        departure["status"] = "CANCELLED" if earlier["status"] == "CANCELLED" else reinstated
    for name in {"trail_id", "unassigned_reason", "starts_at", "ends_at"} & set(names):
        put(departure, name, earlier.get(name))


def seated(document: Json, reservation: str, trip_id: str, guests: int) -> Json:
    """Guests go where it is not called off, has room, and departs first; nowhere, where all is called off."""
    departures = document["departures"].items()
    joinable = [key for key, d in departures if d["trip_id"] == trip_id and d["status"] != "CANCELLED"]
    if not joinable:
        return document

    def preference(key: str) -> tuple[object, ...]:
        departure = document["departures"][key]
        return (departure["participants"] + guests > departure["capacity"], departure["starts_at"], key)

    departure = document["departures"][min(joinable, key=preference)]
    departure["reservations"][reservation] = guests
    count_participants(departure)
    return document


def unseated(document: Json, reservation: str) -> Json:
    """Guests leave; of a departure that is called off, what was sold beside the reservations stays."""
    for departure in document["departures"].values():
        if reservation not in departure["reservations"]:
            continue
        sold, reserved = departure.get("catalog_participants", 0), sum(departure["reservations"].values())
        leaving = departure["reservations"].pop(reservation)
        if departure["status"] == "CANCELLED" and sold:
            departure["catalog_participants"] = max(0, sold - reserved) + reserved - leaving
        count_participants(departure)
    return document


def _is_news(departure: Json, name: str, value: Any) -> bool:
    if name != "team":
        return bool(departure.get(name) != value)
    roles = {(member["guide_id"], member["role"]) for member in departure["team"]}
    return roles != {(member["guide_id"], member["role"]) for member in value}


def _set_status(departure: Json, news: Mapping[str, Any]) -> None:
    status, requested = departure["status"], news.get("status")
    if status == "CANCELLED" and news and requested != "DRAFT":
        raise Refused("DEPARTURE_NOT_EDITABLE")
    if requested == "DRAFT" and status != "CANCELLED":
        raise Refused("FIELD_NOT_YOURS")
    if requested != "PUBLISHED":
        departure["status"] = requested or status


def _move_and_resize(departure: Json, fields: Mapping[str, Any]) -> None:
    for name in ("ends_at", "trail_id"):
        if name in fields:
            put(departure, name, fields[name])
    capacity = fields.get("capacity", departure["capacity"])
    is_too_small = capacity < min(departure["participants"], departure["capacity"])
    if is_too_small or departure["ends_at"] <= departure["starts_at"]:
        raise Refused("DEPARTURE_NOT_EDITABLE")
    departure["capacity"] = capacity


def _member(departure: Json, fields: Mapping[str, Any]) -> Json:
    on_team = {member["guide_id"]: member for member in departure["team"]}
    member = on_team.get(fields["guide_id"]) or newcomer(fields["guide_id"])
    return {**member, **fields}


def _differing(departure: Json, other: Json) -> set[str]:
    own, others = _plan(departure), _plan(other)
    return {name for name in own if own[name] != others[name]}


def _plan(departure: Json) -> Json:
    return {
        "team": {(member["guide_id"], member["role"], member["pinned"]) for member in departure["team"]},
        "is_cancelled": departure["status"] == "CANCELLED",
        **{name: departure.get(name) for name in ("trail_id", "unassigned_reason", "starts_at", "ends_at", "capacity")},
    }


def _may_be_restored(departure: Json | None, earlier: Json | None) -> bool:
    """What is called off goes again where it was not called off then; never what has begun or was moved away."""
    if departure is None or earlier is None:
        return False
    is_called_off = departure["status"] == "CANCELLED"
    stays_so = is_called_off and (earlier["status"] == "CANCELLED" or "rescheduled_to" in departure)
    return not stays_so and departure["status"] in {*OPEN, "CANCELLED"} and _plan(departure) != _plan(earlier)


def _restored(departure: Json, earlier: Json) -> Json:
    restored = {**earlier, "assignment_status": _restored_status(departure, earlier)}
    present = next((m for m in departure["team"] if m["guide_id"] == earlier["guide_id"]), None)
    if present:
        put(restored, "approved_notes", present.get("approved_notes"))
    put(restored, "open_notes", present and present.get("open_notes"))
    return restored


def _restored_status(departure: Json, earlier: Json) -> str:
    """Of one guide: nobody is confirmed by a restore who was not told to come, nor past an approval."""
    guide, then = earlier["guide_id"], str(earlier["assignment_status"])
    now = next((m["assignment_status"] for m in departure["team"] if m["guide_id"] == guide), None)
    if now == "CONFIRMED":
        return "CONFIRMED"
    if "PENDING_APPROVAL" in {now, then}:
        return "PENDING_APPROVAL"
    return then if guide in departure.get("published", {}).get("guide_ids", []) else "TENTATIVE"


def _has_news(departure: Json) -> bool:
    known = departure.get("published")
    if departure["status"] == "CANCELLED":
        return bool(known and known["guide_ids"])
    if known is None:
        return bool(departure["team"])
    plan = (set(guides_of(departure)), departure.get("trail_id"), departure["starts_at"], departure["ends_at"])
    announced = (set(known["guide_ids"]), known.get("trail_id"), known["starts_at"], known["ends_at"])
    return plan != announced or _lead_of(departure) not in {None, known.get("lead_id")}


def _lead_of(departure: Json) -> str | None:
    return next((member["guide_id"] for member in departure["team"] if member["role"] == "LEAD"), None)


def _is_due(departure: Json) -> bool:
    if departure["status"] == "CANCELLED":
        return _has_news(departure)
    if departure["status"] == "DRAFT" and not departure["team"] and not departure.get("published", {}).get("guide_ids"):
        return False
    is_confirmed = all(member["assignment_status"] == "CONFIRMED" for member in departure["team"])
    return _has_news(departure) or departure["status"] == "DRAFT" or not is_confirmed


def _told(departure: Json) -> list[Json]:
    return [] if departure["status"] == "CANCELLED" else list(departure["team"])


def _publish(document: Json, departure: Json) -> bool:
    """Whether people are told something new."""
    is_cancelled = departure["status"] == "CANCELLED"
    is_news = "published" not in departure or _has_news(departure)
    if departure["status"] == "DRAFT":
        departure["status"] = "PUBLISHED"
    if not is_cancelled:
        for member in departure["team"]:
            member["assignment_status"] = "CONFIRMED"
            put(member, "approved_notes", sorted(digests_of(document, member["guide_id"])) or None)
            put(member, "open_notes", None)
    if is_news:
        departure["published"] = {
            "guide_ids": [] if is_cancelled else guides_of(departure),
            "starts_at": departure["starts_at"],
            "ends_at": departure["ends_at"],
        }
        put(departure["published"], "trail_id", departure.get("trail_id"))
        put(departure["published"], "lead_id", None if is_cancelled else _lead_of(departure))
    return is_news
