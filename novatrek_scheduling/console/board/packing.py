"""The timeline's values as the page carries them: each id once, because ids are what compression cannot shorten.

`unpacked` in `static/console/timeline.js` is the other half.
"""

from datetime import date

from novatrek_scheduling.console.board.rows import NO_ID, departures_of
from novatrek_scheduling.console.board.timeline import Values


def packed(timeline: Values) -> Values:
    """Return the values with places in the lists in the stead of ids, and without what follows from other values."""
    places = {group["id"]: place for place, group in enumerate(timeline["groups"])}
    bars = {f"rest-{item['id']}": place for place, item in enumerate(timeline["items"])}
    address = departures_of(date.fromisoformat(timeline["day"]))
    return {
        **timeline,
        "noId": NO_ID,
        "address": address,
        "groups": [_group(group, places) for group in timeline["groups"]],
        "items": [_item(item, places, address) for item in timeline["items"]],
        "shades": [_shade(shade, places, bars) for shade in timeline["shades"]],
    }


def _group(group: Values, places: dict[str, int]) -> Values:
    children = group.get("children")
    return group if children is None else group | {"children": [places[child] for child in children]}


def _item(item: Values, places: dict[str, int], address: str) -> Values:
    packed_item = item | {"group": places[item["group"]]}
    if item["id"] == f"{item['departure']}:{item['group']}":
        del packed_item["id"]
    if item["href"] == address.replace(NO_ID, item["departure"]):
        del packed_item["href"]
    return packed_item


def _shade(shade: Values, places: dict[str, int], bars: dict[str, int]) -> Values:
    if shade["id"] not in bars:
        return shade | {"group": places[shade["group"]]}
    return {name: value for name, value in shade.items() if name not in {"id", "group"}} | {"bar": bars[shade["id"]]}
