"""Simulated siblings: `python -m novatrek_scheduling.sandbox.siblings --port P [--date D] [--data F] [--scale N]`."""

import argparse
import socket
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from novatrek_scheduling.sandbox.scale import scale
from novatrek_scheduling.sandbox.siblings.server import serve


def main() -> None:
    """Serve until stopped; exit with one line if the port is in use."""
    options = _options()
    try:
        listener = socket.create_server((options.host, options.port), backlog=512)
    except OSError as error:
        sys.exit(f"cannot start the siblings on port {options.port}: {error.strerror}. Choose another with --port.")
    serve(listener, options.date, options.data, scale=options.scale)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="siblings", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--date", type=date.fromisoformat, default=datetime.now(UTC).date(), help="the current date of the seeded world"
    )
    parser.add_argument("--data", type=Path, help="file that keeps what is written, for the next start")
    parser.add_argument("--scale", type=scale, default=1, help="how many times larger the company is (1)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
