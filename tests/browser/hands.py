"""The hands of a person at a page: every click, key and letter is counted, by task."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

MOST = 25
"""What a task may take, letters of notes included."""
MOST_TABS = 60
MOST_HIGH = 680
PICTURES = os.environ.get("MORNING_PICTURES", "")


@dataclass(slots=True)
class Effort:
    """What a task took: clicks (a drag is one), keys, and letters of what was written."""

    clicks: int = 0
    keys: int = 0
    letters: int = 0

    @property
    def total(self) -> int:
        return self.clicks + self.keys + self.letters

    def __str__(self) -> str:
        """Clicks or keys as the table of the document has them, and the letters beside them: "5 + 11"."""
        acts = str(self.clicks + self.keys)
        return f"{acts} + {self.letters}" if self.letters else acts


@dataclass(slots=True)
class Tally:
    """The efforts of all tasks of a story, by name, whoever does them."""

    efforts: dict[str, Effort] = field(default_factory=dict)

    @contextmanager
    def task(self, name: str) -> Iterator[None]:
        """What is done within belongs to this task."""
        self.efforts[name] = Effort()
        yield
        assert self.effort.total <= MOST, f"{name} takes {self.effort.total} clicks, keys and letters."

    @property
    def effort(self) -> Effort:
        return next(reversed(self.efforts.values()))

    def as_text(self) -> dict[str, str]:
        """Return the efforts as the table of the document has them."""
        return {name: str(effort) for name, effort in self.efforts.items()}


@dataclass(frozen=True, slots=True)
class Hands:
    """Mouse and keyboard of one person."""

    page: Page
    tally: Tally

    def click(self, target: Locator) -> None:
        target.click()
        self.tally.effort.clicks += 1

    def drag(self, target: Locator, to: Locator) -> None:
        """Drag a bar to the height of another row, by its label."""
        begin = target.bounding_box()
        assert begin
        x, y = begin["x"] + 12, begin["y"] + 8
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        # Rows move while the lane that the bar leaves becomes lower: eyes follow.
        for _ in range(8):
            end = to.bounding_box()
            assert end
            y += (end["y"] + end["height"] / 2 - y) / 2
            self.page.mouse.move(x, y)
        expect(self.page.locator(".nb-drag")).to_contain_text(to.inner_text().splitlines()[0])
        self.page.mouse.up()
        self.tally.effort.clicks += 1

    def press(self, *keys: str) -> None:
        """Press keys one after the other; those of a chord count as many as they are.

        A person does so when the page is there, its scripts included.
        """
        for key in keys:
            self.page.wait_for_load_state()
            self.page.keyboard.press(key)
            self.tally.effort.keys += len(key.split("+"))

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.tally.effort.letters += len(text)

    def tab_to(self, target: Locator) -> None:
        """Press Tab until the control has the focus."""
        self.press_until("Tab", target)

    def press_until(self, key: str, target: Locator) -> None:
        """Press a key until the control has the focus, never where it has it already."""
        for _ in range(MOST_TABS):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.press(key)
        pytest.fail(f"{target} is not reached by {key}.")

    def picture(self, name: str, part: str = "main") -> None:
        """Keep what the upper part of an element looks like, as far as it is in the window, if it is asked for."""
        if not PICTURES:
            return
        shown = self.page.locator(part)
        shown.scroll_into_view_if_needed()
        box, window = shown.bounding_box(), self.page.viewport_size
        assert box
        assert window
        top = max(0.0, box["y"])
        height = min(box["y"] + box["height"], window["height"], top + MOST_HIGH) - top
        clip: FloatRect = {"x": box["x"], "y": top, "width": box["width"], "height": height}
        self.page.screenshot(path=Path(PICTURES) / f"morning-{name}.png", clip=clip)
