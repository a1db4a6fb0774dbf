"""Switches that make a simulated sibling fail in the ways that real services do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Mode(StrEnum):
    """The mode of a service.

    A truncated one loses the entries of its lists, whose totals it still states; an empty one states that there are
    none; a forgetful one knows no resource by its id; in the answers of an altered one every entity has other values.
    """

    OK = "ok"
    DOWN = "down"
    SLOW = "slow"
    FAILING = "failing"
    OFF_CONTRACT = "off_contract"
    TRUNCATED = "truncated"
    EMPTY = "empty"
    FORGETFUL = "forgetful"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class Switch:
    """The mode of a service, for the paths that the regular expression `path` matches, all by default.

    `seconds` is the delay of a slow service, `patch` the fields that each entity of an altered one has instead.
    """

    mode: Mode = Mode.OK
    seconds: float = 5.0
    path: str = ""
    patch: Mapping[str, Any] = field(default_factory=dict)

    def applies_to(self, path: str) -> bool:
        return re.search(self.path, path) is not None


class Switchboard:
    """The switches of all services, initially OK."""

    def __init__(self) -> None:
        self._switches: dict[str, Switch] = {}

    def of(self, service: str, path: str = "") -> Switch:
        """Return the switch of a service for a call of `path`, relative to the service."""
        switch = self._switches.get(service, Switch())
        return switch if switch.applies_to(path) else Switch()

    def turn(self, service: str, switch: Switch) -> None:
        self._switches[service] = switch

    def reset(self) -> None:
        self._switches.clear()

    def positions(self) -> dict[str, str]:
        """Return the modes of the services that are not OK."""
        return {service: switch.mode for service, switch in self._switches.items() if switch.mode != Mode.OK}
