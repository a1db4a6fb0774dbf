"""Switches that make a simulated sibling fail in the ways that real services do."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """The mode of a service. A truncated one loses the entries of its lists, whose totals it still states."""

    OK = "ok"
    DOWN = "down"
    SLOW = "slow"
    FAILING = "failing"
    OFF_CONTRACT = "off_contract"
    TRUNCATED = "truncated"


@dataclass(frozen=True, slots=True)
class Switch:
    """The mode of a service; `seconds` is the delay of a slow one."""

    mode: Mode = Mode.OK
    seconds: float = 5.0


class Switchboard:
    """The switches of all services, initially OK."""

    def __init__(self) -> None:
        self._switches: dict[str, Switch] = {}

    def of(self, service: str) -> Switch:
        return self._switches.get(service, Switch())

    def turn(self, service: str, mode: Mode, seconds: float) -> None:
        self._switches[service] = Switch(mode, seconds)

    def reset(self) -> None:
        self._switches.clear()

    def positions(self) -> dict[str, str]:
        """Return the modes of the services that are not OK."""
        return {service: switch.mode for service, switch in self._switches.items() if switch.mode != Mode.OK}
