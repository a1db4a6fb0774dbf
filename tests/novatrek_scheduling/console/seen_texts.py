"""What a person reads on a page."""

from html.parser import HTMLParser

UNREAD = frozenset({"script", "style", "template", "noscript"})
UNREAD_CLASSES = frozenset({"material-symbols-outlined", "c-as-sent"})
"""Icons, and what is folded away for who compares it with logs and other services."""
WITHOUT_END = frozenset({"input", "br", "link", "meta", "hr", "img", "col", "source", "wbr"})


class SeenTexts(HTMLParser):
    """The texts of a page between its tags, in their order; attributes are none."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.within: list[tuple[str, bool]] = []
        self.seen: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in WITHOUT_END:
            classes = (dict(attrs).get("class") or "").split()
            self.within.append((tag, tag in UNREAD or not UNREAD_CLASSES.isdisjoint(classes)))

    def handle_endtag(self, tag: str) -> None:
        while self.within and self.within.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(is_unread for _tag, is_unread in self.within):
            self.seen.append(" ".join(data.split()))
