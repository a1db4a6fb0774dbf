"""Switches that make a simulated sibling fail in one of the ways that real ones do."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """How a service behaves."""

    OK = "ok"
    DOWN = "down"
    SLOW = "slow"
    FAILING = "failing"
    OFF_CONTRACT = "off_contract"


@dataclass(frozen=True, slots=True)
class Switch:
    """`seconds` is how long a slow service waits before it answers."""

    mode: Mode = Mode.OK
    seconds: float = 5.0


class Switchboard:
    """The switch of each service; all are on OK until somebody turns one."""

    def __init__(self) -> None:
        self._switches: dict[str, Switch] = {}

    def of(self, service: str) -> Switch:
        return self._switches.get(service, Switch())

    def turn(self, service: str, mode: Mode, seconds: float) -> None:
        self._switches[service] = Switch(mode, seconds)

    def reset(self) -> None:
        self._switches.clear()

    def positions(self) -> dict[str, str]:
        """The services that are not on OK, with their mode."""
        return {service: switch.mode for service, switch in self._switches.items() if switch.mode != Mode.OK}
