"""What is on the publish page, and what its form sends."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from django.test import Client

from tests.factories import TOMORROW


def address(day: date = TOMORROW) -> str:
    return f"/admin/board/{day}/publish/"


class Shown:
    """A page that was answered: its text, and what a browser would send of it."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.status: int = answer.status_code
        self.text = " ".join(answer.content.decode().split())

    @property
    def page(self) -> Any:
        return self.answer.context["page"]

    @property
    def ticked(self) -> set[UUID]:
        return {UUID(key) for key in re.findall(r'name="departure_ids" value="([^"]+)"[^>]* checked>', self.text)}

    @property
    def confirmations(self) -> list[str]:
        return re.findall(r'name="confirmed" value="([^"]+)"', self.text)

    @property
    def confirmed(self) -> list[str]:
        return re.findall(r'name="confirmed" value="([^"]+)"[^>]* checked>', self.text)

    @property
    def rev(self) -> int:
        [rev] = re.findall(r'name="since_rev" value="(\d+)"', self.text)
        return int(rev)

    def form(self, *ticked: UUID, **entered: Any) -> dict[str, Any]:
        return {"since_rev": self.rev, "departure_ids": [str(key) for key in ticked], **entered}


def look(person: Client, day: date = TOMORROW) -> Shown:
    return Shown(person.get(address(day)))


def send(person: Client, form: dict[str, Any], day: date = TOMORROW) -> Shown:
    return Shown(person.post(address(day), form, follow=True))
