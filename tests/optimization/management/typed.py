"""Commands as an operator types them."""

import json
from io import StringIO
from typing import Any

from django.core.management import call_command


def run(command: str, *arguments: str) -> str:
    """Return what a command prints."""
    output = StringIO()
    call_command(command, *arguments, stdout=output)
    return output.getvalue()


def plan(*arguments: str) -> Any:
    """Return what `optimize_schedules` prints as JSON: its dates."""
    return json.loads(run("optimize_schedules", "--json", *arguments))
