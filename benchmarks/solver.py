"""The solver beside its rivals, and what the design promises of it: `make bench ARGS=solver`."""

from benchmarks.report import Table
from benchmarks.solvers.figures import Figure
from benchmarks.solvers.races import race_figures, race_table, run_races
from benchmarks.solvers.trials import growth, processes, proofs, replans, requests, short_limits

SEEDS = 20
COLUMNS = ("figure", "target", "measured", "met")


def measure_solver(*, seeds: int = SEEDS) -> Table:
    """The figures of the design, target beside measured; the races that they come from are shown and kept before."""
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
    ]
    rows = [figure.row() for figure in figures]
    return Table("solver", f"The solver's figures, {seeds} seeds at today's size", COLUMNS, rows, "")
