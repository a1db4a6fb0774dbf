"""The solver compared with its rivals, and the figures that the design promises: `make bench ARGS=solver`."""

from benchmarks.report import Table
from benchmarks.solvers.figures import Figure
from benchmarks.solvers.races import race_figures, race_table, run_races
from benchmarks.solvers.trials import (
    dense_days,
    growth,
    processes,
    proofs,
    replans,
    requests,
    short_limits,
    time_limits,
)

SEEDS = 20
COLUMNS = ("figure", "target", "measured", "met")


def measure_solver(*, seeds: int = SEEDS) -> Table:
    """Return the design's figures, targets and measurements; the races behind them are shown and kept first."""
    races = run_races(seeds)
    table = race_table(seeds, races)
    table.show()
    print(f"kept in {table.keep().name}", flush=True)
    print("proofs, growth, requests, replans", flush=True)
    figures: list[Figure] = [
        proofs(seeds),
        *race_figures(races),
        *growth(seeds),
        processes(seeds),
        *requests(seeds),
        *replans(seeds),
        short_limits(seeds),
        time_limits(),
        dense_days(seeds),
    ]
    rows = [figure.row() for figure in figures]
    return Table("solver", f"The solver's figures, {seeds} seeds at today's size", COLUMNS, rows, "")
