"""Requests made from the specification by schemathesis."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.fuzz.examples import Examples
from tests.service import CHECKOUT, RunningService

# What the caller names: which example stands for a field of that name, wherever it is.
EXAMPLE_OF = {
    "query.trip_id": "trip",
    "query.date": "day",
    "query.date_to": "day",
    "query.trail_id": "trail",
    "query.departure_ids[*]": "departure",
    "query.date_range_start": "day",
    "query.date_range_end": "day",
    "query.guide_id": "guide",
    "query.guide_ids[*]": "guide",
    "query.region_id": "region",
    "path.request_id": "request",
    "path.guide_id": "subscriber",
    "query.token": "calendar_token",
    "path.schedule_id": "day",
    "path.departure_id": "departure",
    "body.departure_ids[*]": "departure",
    "body.region_id": "region",
    "body.trip_id": "trip",
    "body.preferred_dates[*]": "day",
    "body.constraints.required_guide_ids[*]": "guide",
    "body.constraints.excluded_guide_ids[*]": "guide",
    "body.constraints.preferred_trail_ids[*]": "trail",
    "body.conflict_id": "conflict",
    "body.selected_resolution_id": "option",
}
PROBABILITY = 0.9
# Beside those of the specifications: a retired PUT is a 410, and the contract does not know every GET of ours.
UNEXPECTED_METHODS = ["post", "delete", "patch", "trace", "query"]
# Of what the specification does not allow. A precondition is judged before the body, so that 412 is one of them.
REJECTIONS = ["400", "401", "403", "404", "405", "406", "409", "412", "415", "422", "428", "429", "5xx"]
SEED = 20_270_501


def run_schemathesis(
    service: RunningService,
    examples: Examples,
    *,
    cases: int,
    seed: int = SEED,
    operation: str = "",
    source: Path | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Every phase, valid and invalid input, about `cases` an operation; its own summary is the output.

    `source` is the specification that requests are made from and responses held against; by default the served one.
    """
    configuration = service.home / "schemathesis.toml"
    configuration.write_text(_configuration(service, examples, cases=cases, seed=seed))
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(configuration), "run"]
    chosen = ["--include-operation-id", operation] if operation else []
    # hypothesis keeps what it found in the directory it runs in.
    return subprocess.run(
        [*command, str(source or f"{service.api_url}/openapi.yaml"), "--url", service.api_url, "--no-color", *chosen],
        cwd=service.home,
        env=dict(os.environ) | {"PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _configuration(service: RunningService, examples: Examples, *, cases: int, seed: int) -> str:
    settings: dict[str, Any] = {
        "seed": seed,
        "hooks": "tests.fuzz.hooks",
        "workers": 1,
        "continue-on-failure": True,
        "request-timeout": 60.0,
        "headers": {"Authorization": f"Bearer {service.token}"},
        "generation": {"max-examples": cases, "mode": "all"},
        "phases": {"coverage": {"unexpected-methods": UNEXPECTED_METHODS}},
        # A well-formed request may still be about a trip that is not sold: which of its documented
        # answers is right is not for the specification to say.
        "checks": {
            "positive_data_acceptance": {"enabled": False},
            "negative_data_rejection": {"expected-statuses": REJECTIONS},
        },
        "dictionaries": {name: {"values": values} for name, values in examples.by_name().items() if values},
        "parameters": {field: {"dictionary": name, "probability": PROBABILITY} for field, name in EXAMPLE_OF.items()},
    }
    return "\n".join(f"{name} = {_toml(value)}" for name, value in settings.items())


def _toml(value: Any) -> str:
    """Inline TOML of JSON-like data."""
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(name)} = {_toml(field)}" for name, field in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value)
