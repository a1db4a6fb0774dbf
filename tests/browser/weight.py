"""How much a page loads: everything that comes over the network while it is looked at, as it comes, without a cache."""

from typing import Any

from playwright.sync_api import Page

STEP_MS = 20
STEPS = 100


class Scales:
    """Weighs the pages that a browser window opens, one after the other."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._loading: set[str] = set()
        self._bytes = 0
        network = page.context.new_cdp_session(page)
        network.on("Network.requestWillBeSent", self._begins)
        network.on("Network.loadingFinished", self._ends)
        network.on("Network.loadingFailed", self._fails)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def empty(self) -> None:
        """Begin with the next page."""
        self._loading.clear()
        self._bytes = 0

    def weight(self) -> int:
        """Return the bytes since then, headers included, once nothing is under way any more."""
        for _ in range(STEPS):
            if not self._loading:
                break
            self._page.wait_for_timeout(STEP_MS)
        return self._bytes

    def _begins(self, event: dict[str, Any]) -> None:
        # A stream of events never ends, and weighs nothing that a page waits for.
        if event["type"] != "EventSource" and not event["request"]["url"].startswith(("data:", "blob:")):
            self._loading.add(event["requestId"])

    def _ends(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._loading:
            self._loading.discard(event["requestId"])
            self._bytes += int(event["encodedDataLength"])

    def _fails(self, event: dict[str, Any]) -> None:
        self._loading.discard(event["requestId"])
