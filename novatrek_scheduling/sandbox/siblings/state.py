"""The state of the siblings: the seeded world and all later writes."""

import gc
import json
from collections.abc import Callable, Hashable
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeAlias, TypeVar
from uuid import uuid4

from novatrek_scheduling.sandbox.world import ALL_DAYS, Entity, World, build_world

T = TypeVar("T")
Command: TypeAlias = Callable[[World, Entity, Entity], Entity]

LARGE_SCALE = 10
NEAR_DAYS = range(-7, 31)
_KINDS = frozenset(World.__slots__)
COMMANDS: dict[str, tuple[Command, tuple[str, ...]]] = {}


def command(*kinds: str) -> Callable[[Command], Command]:
    """Register a change of the world that modifies entities of `kinds`. Its result must depend only on its arguments.

    The arguments are the world, the command's arguments, and the journal entry with its `id` and time `at`.
    """

    def register(function: Command) -> Command:
        COMMANDS[function.__name__] = (function, kinds)
        return function

    return register


class State:
    """The world with all writes. They are kept in `journal`, from which a restart continues.

    The catalog of a company that is more than LARGE_SCALE times as large has departures on NEAR_DAYS only: there are
    3,800 on each date at a hundred times the size.
    """

    def __init__(self, today: date, journal: Path | None = None, *, scale: int = 1) -> None:
        self.today = today
        self._seeded = build_world(today, scale, days=ALL_DAYS if scale <= LARGE_SCALE else NEAR_DAYS)
        # Hundreds of thousands of objects that stay: the collector need not look at them again and again.
        gc.freeze()
        self.world = _copy(self._seeded)
        self.received: dict[str, list[Entity]] = {}
        self.cached_responses: dict[tuple[str, bytes], bytes] = {}
        self._kept: dict[str, World] = {}
        self._groups: dict[tuple[str, str], dict[str, list[Entity]]] = {}
        self._remembered: dict[Hashable, Any] = {}
        self._journal = journal
        self._replay()

    def execute(self, name: str, arguments: Entity, *, service: str = "", path: str = "") -> Entity:
        """Apply a command to the world, append it to the journal, and record `arguments` as received by `service`."""
        entry = {"id": str(uuid4()), "at": _now(), "command": name, "arguments": arguments}
        if service:
            entry |= {"service": service, "path": path}
        result = self._apply(entry)
        self._append(entry)
        return result

    def grouped(self, kind: str, key: str) -> dict[str, list[Entity]]:
        """Return the entities of a kind by the value of `key`, cached until one of the kind changes."""
        if (kind, key) not in self._groups:
            groups: dict[str, list[Entity]] = {}
            for entity in getattr(self.world, kind).values():
                groups.setdefault(entity[key], []).append(entity)
            self._groups[kind, key] = groups
        return self._groups[kind, key]

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returned for this key since the world changed last."""
        if key not in self._remembered:
            self._remembered[key] = make()
        value: T = self._remembered[key]
        return value

    def keep(self, name: str) -> None:
        """Keep the world as it is now under a name, for as long as the process lives."""
        self._kept[name] = _copy(self.world)

    def reset(self, name: str = "") -> None:
        """Restore the world of a name, else the seeded one, and clear what was received.

        A restart knows the seeded world alone. Raises KeyError for a name of no world.
        """
        self.world = _copy(self._kept[name] if name else self._seeded)
        self._groups.clear()
        self._remembered.clear()
        self.cached_responses.clear()
        self.received.clear()
        if self._journal:
            self._journal.unlink(missing_ok=True)

    def _apply(self, entry: Entity) -> Entity:
        function, kinds = COMMANDS[entry["command"]]
        result = function(self.world, entry["arguments"], entry)
        modified = set(kinds) or {entry["arguments"]["kind"]}
        if modified & _KINDS:
            self._groups = {group: entities for group, entities in self._groups.items() if group[0] not in modified}
            self._remembered.clear()
            self.cached_responses.clear()
        if service := entry.get("service"):
            receipt = {"id": entry["id"], "received_at": entry["at"], "path": entry["path"], "body": entry["arguments"]}
            self.received.setdefault(service, []).append(receipt)
        return result

    def _append(self, entry: Entity) -> None:
        if self._journal:
            with self._journal.open("a") as lines:
                lines.write(json.dumps(entry) + "\n")

    def _replay(self) -> None:
        if self._journal and self._journal.exists():
            text = self._journal.read_bytes()
            complete = text[: text.rfind(b"\n") + 1]
            if complete != text:
                # The process ended while it was writing the last line.
                self._journal.write_bytes(complete)
            for line in complete.splitlines():
                self._apply(json.loads(line))


def _copy(world: World) -> World:
    """Copy a world. Entities are replaced, never changed in place, so they can be shared."""
    kinds = {field.name: getattr(world, field.name) for field in fields(world) if field.name != "today"}
    return World(today=world.today, **{kind: dict(entities) for kind, entities in kinds.items()})


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
