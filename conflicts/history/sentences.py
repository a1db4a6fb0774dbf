"""The events of a conflict in sentences, the same ones in the API and the console."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from conflicts.choices import EventKind, Strategy
from conflicts.models import ConflictEvent
from scheduling.domain.words import as_label, in_words

Facts = Mapping[str, Any]

AGAIN_AFTER = {
    EventKind.CLEARED: "it had been cleared",
    EventKind.RESOLVED: "it had been resolved",
    EventKind.COMPLETED: "it had been resolved",
    EventKind.ACCEPTED: "its risk had been accepted, and is another now",
    EventKind.ACCEPTANCE_WITHDRAWN: "the acceptance of its risk was withdrawn",
    EventKind.ACCEPTANCE_EXPIRED: "the acceptance of its risk has expired",
}


def describe(event: ConflictEvent) -> str:
    """Return the event as one or two sentences, without who did it and when."""
    return _SENTENCES[EventKind(event.kind)](event.facts)


def _detected(facts: Facts) -> str:
    return f"{as_label(facts['severity'])}: {facts['description']}"


def _reopened(facts: Facts) -> str:
    because = AGAIN_AFTER.get(facts["after"], "it was there before")
    return f"There again ({because}). {_detected(facts)}"


def _changed(facts: Facts) -> str:
    return f"{as_label(facts['before'])} became {in_words(facts['severity'])}."


def _options(facts: Facts) -> str:
    found = facts["options"]
    return f"Best of {len(found)}: {found[0]}" if found else "Nothing solves it."


def _resolved(facts: Facts) -> str:
    label = Strategy(facts["strategy"]).label
    override = " Warnings were overridden." if facts.get("is_override") else ""
    return f"{label}: {facts['description']}{override}{_notes(facts)}"


def _accepted(facts: Facts) -> str:
    until = datetime.fromisoformat(facts["expires_at"])
    return f"Accepted until {until:%Y-%m-%d %H:%M} {until.tzname()} as {in_words(facts['severity'])}.{_notes(facts)}"


def _notes(facts: Facts) -> str:
    notes = facts.get("notes", "").strip()
    return f" Notes: {notes}" if notes else ""


def _failed(facts: Facts) -> str:
    return f"{Strategy(facts['strategy']).label}: nothing was changed. {facts['reason']}"


_SENTENCES: Mapping[EventKind, Callable[[Facts], str]] = {
    EventKind.DETECTED: _detected,
    EventKind.REOPENED: _reopened,
    EventKind.ESCALATED: _changed,
    EventKind.DEESCALATED: _changed,
    EventKind.OPTIONS_COMPUTED: _options,
    EventKind.RESOLVED: _resolved,
    EventKind.COMPLETED: lambda _: "Every sibling has received its message.",
    EventKind.FAILED: _failed,
    EventKind.ACCEPTED: _accepted,
    EventKind.ACCEPTANCE_WITHDRAWN: lambda facts: f"The risk is open again.{_notes(facts)}",
    EventKind.ACCEPTANCE_EXPIRED: lambda _: "Nobody answers for the risk any more.",
    EventKind.CLEARED: lambda facts: f"{facts['reason'][:1].upper()}{facts['reason'][1:]}.",
}
