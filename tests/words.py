"""What no sentence for people contains."""

import re

_CODE = re.compile(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b")
_ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-")


def codes_and_ids_in(text: str) -> list[str]:
    """Return the codes in UPPER_SNAKE and the ids of a text."""
    return [*_CODE.findall(text), *_ID.findall(text)]
