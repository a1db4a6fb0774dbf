"""The benchmarks' command line: `python -m benchmarks [name …] [--rounds 5] [--seconds …]`, all if none is named."""

import argparse
from collections.abc import Callable

from benchmarks.contention import SECONDS as CONTENTION_SECONDS
from benchmarks.contention import measure_contention
from benchmarks.event_latency import measure_events
from benchmarks.fragility import measure_fragility
from benchmarks.growth import measure_growth
from benchmarks.horizon import measure_horizon
from benchmarks.latency import measure_latency
from benchmarks.listing import SECONDS as LISTING_SECONDS
from benchmarks.listing import measure_listing
from benchmarks.pipeline import measure_pipeline
from benchmarks.report import Table
from benchmarks.serving import measure_serving
from benchmarks.solver import SEEDS, measure_solver
from benchmarks.storm import measure_storm
from benchmarks.writes import measure_writes
from novatrek_scheduling.sandbox.embedded import DURABLE
from tests.service import RunningService, running_service

SECONDS = 1.5
Measure = Callable[[RunningService, argparse.Namespace], Table]
BENCHMARKS: dict[str, Measure] = {
    "serving": lambda service, options: measure_serving(
        service, rounds=options.rounds, seconds=options.seconds or SECONDS
    ),
    "latency": lambda service, options: measure_latency(service, rounds=options.rounds),
    "writes": lambda service, options: measure_writes(
        service, rounds=options.rounds, seconds=options.seconds or SECONDS
    ),
    "contention": lambda service, options: measure_contention(service, seconds=options.seconds or CONTENTION_SECONDS),
    "growth": lambda service, options: measure_growth(service, rounds=options.rounds),
    "listing": lambda service, options: measure_listing(
        service, rounds=options.rounds, seconds=options.seconds or LISTING_SECONDS
    ),
    "events": lambda service, options: measure_events(service),
    "storm": lambda service, options: measure_storm(service, rounds=options.rounds),
    "horizon": lambda service, options: measure_horizon(service, rounds=options.rounds),
}
# These need no service, or start what they need.
PURE: dict[str, Callable[[argparse.Namespace], Table]] = {
    "fragility": lambda options: measure_fragility(seeds=options.seeds),
    "pipeline": lambda options: measure_pipeline(rounds=options.rounds),
    "solver": lambda options: measure_solver(seeds=options.seeds),
}
# As in production, commits reach the disk. The request log is off: the supervisor that reads it would use CPU.
WEB = {"DJANGO_SETTINGS_MODULE": "benchmarks.settings", "LOG_LEVEL": "WARNING"}


def main() -> None:
    """Run each benchmark, on a service of its own if it needs one; show its table and keep it beside this code."""
    options = _options()
    for name in options.which or [*BENCHMARKS, *PURE]:
        table = PURE[name](options) if name in PURE else _measured_on_a_service(name, options)
        print(f"kept in {table.keep().name}", flush=True)
        table.show()


def _measured_on_a_service(name: str, options: argparse.Namespace) -> Table:
    print(f"{name}: starting a service of its own", flush=True)
    with running_service(durability=DURABLE, web=WEB) as service:
        return BENCHMARKS[name](service, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("which", nargs="*", choices=[*BENCHMARKS, *PURE, []], help="all of them if none is named")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved repetitions (5)")
    help_of_seeds = f"days of today's size for the solver ({SEEDS}); of larger ones fewer"
    parser.add_argument("--seeds", type=int, default=SEEDS, help=help_of_seeds)
    help_of_seconds = (
        f"of each measurement ({SECONDS:g}; of contention {CONTENTION_SECONDS:g}, of listing {LISTING_SECONDS:g})"
    )
    parser.add_argument("--seconds", type=float, help=help_of_seconds)
    return parser.parse_args()


if __name__ == "__main__":
    main()
