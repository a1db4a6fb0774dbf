"""The timeline's values as the page carries them: by columns, which compress best, and with no id twice.

`unpacked` in `static/console/timeline.js` is the other half.
"""

from base64 import urlsafe_b64encode
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from novatrek_scheduling.console.board.rows import NO_ID, departures_of
from novatrek_scheduling.console.board.timeline import Values

MINUTE = 60_000


def packed(timeline: Values) -> Values:
    """Return the values by columns, with places in the lists in the stead of ids and minutes of the date as times."""
    places = {group["id"]: place for place, group in enumerate(timeline["groups"])}
    bars = {f"rest-{item['id']}": place for place, item in enumerate(timeline["items"])}
    address = departures_of(date.fromisoformat(timeline["day"]))
    shades = [_shade(shade, places, bars) for shade in timeline["shades"]]
    return {
        **timeline,
        "noId": NO_ID,
        "address": address,
        "guestWords": _("%(guests)s of %(capacity)s guests"),
        "groups": _columns([_group(group, places) for group in timeline["groups"]]),
        "items": _columns([_timed(_item(item, places, address), timeline["begins"]) for item in timeline["items"]]),
        "shades": _columns([_timed(shade, timeline["begins"]) for shade in shades]),
    }


def _columns(rows: list[Values]) -> Values:
    """Return the values of each name in the order of the rows; None where a row has none."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def _timed(values: Values, begins: int) -> Values:
    return values | {name: _minutes(values[name] - begins) for name in ("start", "end")}


def _minutes(milliseconds: int) -> int | float:
    minutes, rest = divmod(milliseconds, MINUTE)
    return milliseconds / MINUTE if rest else minutes


def _group(group: Values, places: dict[str, int]) -> Values:
    """Return a group; the id of a guide, its 16 bytes as text of 22 characters, is as short as it can be."""
    shorter = {"id": _short(group["id"])} if group["kind"] == "guide" else {}
    children = group.get("children")
    return group | shorter | ({"children": [places[child] for child in children]} if children is not None else {})


def _short(key: str) -> str:
    return urlsafe_b64encode(UUID(key).bytes).decode().rstrip("=")


def _item(item: Values, places: dict[str, int], address: str) -> Values:
    left_out = {"guestWords", "id"}
    if item["href"] == address.replace(NO_ID, item["departure"]):
        left_out.add("href")
    own = {name: value for name, value in item.items() if name not in left_out}
    return own | {"departure": _short(item["departure"]), "group": places[item["group"]]}


def _shade(shade: Values, places: dict[str, int], bars: dict[str, int]) -> Values:
    own = {name: value for name, value in shade.items() if name not in {"id", "group"}}
    return own | ({"bar": bars[shade["id"]]} if shade["id"] in bars else {"group": places[shade["group"]]})
