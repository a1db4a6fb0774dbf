"""Foreign text and JSON in a form that PostgreSQL can store."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

LONGEST_DESCRIPTION = 2_000


def storable_text(text: str, limit: int = LONGEST_DESCRIPTION) -> str:
    """Return at most `limit` characters of `text`, with NUL characters and lone surrogates replaced."""
    return text[:limit].replace("\x00", "\ufffd").encode(errors="replace").decode()


def describe_error(error: BaseException) -> str:
    """Return the type of `error` and its message, if it has one, as storable text."""
    return storable_text(f"{type(error).__name__}: {error}".removesuffix(": "))


def storable_json(document: dict[str, Any] | bytes) -> Any:
    """Return `document` parsed as JSON that jsonb accepts, or None if it is not."""
    try:
        value = json.loads(document) if isinstance(document, bytes) else document
        text = json.dumps(value, cls=DjangoJSONEncoder, allow_nan=False, ensure_ascii=False)
        text.encode()
    except (ValueError, RecursionError):
        return None
    return None if "\\u0000" in text else value
