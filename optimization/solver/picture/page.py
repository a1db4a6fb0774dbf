"""A page of plans as HTML: one file that loads nothing and needs no script."""

from collections.abc import Iterable, Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from optimization.solver.picture.style import STYLE
from optimization.solver.picture.timeline import timeline_svg
from optimization.solver.picture.values import PicturedDay, PicturedDeparture, Timeline

# Whatever a name contains, a browser loads nothing and runs nothing.
CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
MEANING_OF_BOUNDS = "In the order in which they count. Given those before it, no plan is better than a bound."
KINDS: Mapping[str, str] = {"Guests": "number", "Attained": "number", "Bound": "number", "Time": "time"}


def plan_page(title: str, note: str, days: Sequence[PicturedDay]) -> str:
    """Return the page. Every text is escaped: the elements are values until they are written."""
    html = Element("html", {"lang": "en"})
    head = SubElement(html, "head")
    SubElement(head, "meta", {"charset": "utf-8"})
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": CONTENT_POLICY})
    SubElement(head, "meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"})
    _add(head, "title", title)
    _add(head, "style", STYLE)
    main = SubElement(SubElement(html, "body"), "main")
    _add(main, "h1", title)
    _add(main, "p", note, "quiet")
    for day in days:
        _draw_day(main, day)
    return f"<!doctype html>\n{tostring(html, encoding='unicode', method='html')}\n"


def _draw_day(main: Element, day: PicturedDay) -> None:
    _add(main, "h2", day.title)
    if day.totals:
        totals = SubElement(main, "dl", {"class": "totals"})
        for label, value in day.totals:
            pair = SubElement(totals, "div")
            _add(pair, "dt", label)
            _add(pair, "dd", value)
    for remark in day.remarks:
        _add(main, "p", remark)
    _draw_gaps(main, day)
    for timeline in day.timelines:
        _draw_timeline(main, timeline)
    if day.levels:
        section = SubElement(main, "section")
        _add(section, "h3", "Objectives")
        rows = [(level.name, str(level.attained), _bound(level.bound)) for level in day.levels]
        _table(section, MEANING_OF_BOUNDS, ("Objective", "Attained", "Bound"), rows)
    if not any(timeline.departures for timeline in day.timelines):
        _add(main, "p", "There are no departures.")


def _draw_gaps(main: Element, day: PicturedDay) -> None:
    gaps = [(timeline, gap) for timeline in day.timelines for gap in _by_start(timeline) if not gap.team]
    if not gaps:
        return
    section = SubElement(main, "section", {"class": "gaps"})
    _add(section, "h3", f"Without a team: {len(gaps)}")
    rows = [(timeline.title, gap.hours, gap.name, gap.seats, gap.reason) for timeline, gap in gaps]
    _table(section, "The departures that nobody leads, and why", ("Where", "Time", "Departure", "Guests", "Why"), rows)


def _draw_timeline(main: Element, timeline: Timeline) -> None:
    if not timeline.departures:
        return
    section = SubElement(main, "section")
    _add(section, "h3", timeline.title)
    # What scrolls sideways on a narrow screen is scrolled by keyboard too.
    picture = SubElement(section, "div", {"class": "picture", "tabindex": "0", "role": "group"})
    picture.set("aria-label", f"{timeline.title}, picture")
    picture.append(timeline_svg(timeline))
    rows = [(departure.hours, departure.name, departure.seats, departure.leaders) for departure in _by_start(timeline)]
    _table(section, f"{timeline.title}, in words", ("Time", "Departure", "Guests", "Team"), rows)


def _by_start(timeline: Timeline) -> list[PicturedDeparture]:
    return sorted(timeline.departures, key=lambda departure: (departure.starts_at, departure.name))


def _table(parent: Element, caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    wide = SubElement(parent, "div", {"class": "wide", "tabindex": "0", "role": "group", "aria-label": caption})
    table = SubElement(wide, "table")
    _add(table, "caption", caption)
    head = SubElement(SubElement(table, "thead"), "tr")
    kinds = [KINDS.get(column, "") for column in columns]
    for column, kind in zip(columns, kinds, strict=True):
        _add(head, "th", column, kind).set("scope", "col")
    body = SubElement(table, "tbody")
    for row in rows:
        cells = SubElement(body, "tr")
        for value, kind in zip(row, kinds, strict=True):
            _add(cells, "td", value, "nobody" if value.startswith("Nobody: ") else kind)


def _bound(bound: int | None) -> str:
    return "unknown" if bound is None else str(bound)


def _add(parent: Element, tag: str, text: str, kind: str = "") -> Element:
    element = SubElement(parent, tag, {"class": kind} if kind else {})
    element.text = text
    return element
