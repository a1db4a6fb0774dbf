"""The home page as it was at a moment, for one person."""

from dataclasses import dataclass
from datetime import datetime

from novatrek_scheduling.console.days import company_day
from novatrek_scheduling.console.home.chart import Chart, chart_of
from novatrek_scheduling.console.home.conflicts import SeverityCount, severity_counts
from novatrek_scheduling.console.home.days import DayOverview, read_days
from novatrek_scheduling.console.home.figures import SCHEDULES, Figure, queue_figures, waiting_figures
from novatrek_scheduling.console.home.health import Health, read_health
from novatrek_scheduling.console.home.open_rows import May, read_counts
from novatrek_scheduling.console.home.runs import LatestRun, latest_runs
from novatrek_scheduling.console.home.trend import read_scores

CONFLICTS = "conflicts.view_scheduleconflict"
PUBLISH, CHANGE = "scheduling.publish_dailyschedule", "scheduling.change_dailyschedule"
ANSWERS, RUNS = "scheduling.view_lastgoodanswer", "optimization.view_optimizationrun"


@dataclass(frozen=True, slots=True)
class Home:
    """What somebody may see at `now`; a part that they may not see is empty or None."""

    now: datetime
    days: tuple[DayOverview, ...]
    severities: tuple[SeverityCount, ...]
    waiting: tuple[Figure, ...]
    queue: tuple[Figure, ...]
    chart: Chart | None
    health: Health | None
    runs: tuple[LatestRun, ...]
    sees_runs: bool
    sees_conflicts: bool
    may_plan: bool
    may_publish: bool

    @property
    def is_empty(self) -> bool:
        """Whether the person may see nothing at all."""
        return not (self.days or self.severities or self.waiting or self.queue or self.health or self.sees_runs)


def read_home(now: datetime, may: May) -> Home:
    """Return the page at `now` (aware) for somebody; `may` answers whether they have a permission.

    Its queries do not grow with regions, departures or rows that wait.
    """
    sees_days, sees_conflicts, sees_runs = may(SCHEDULES), may(CONFLICTS), may(RUNS)
    scores = read_scores(company_day(now)) if sees_days else ()
    counts = read_counts(now, may)
    return Home(
        now=now,
        days=read_days(now, with_conflicts=sees_conflicts) if sees_days else (),
        severities=severity_counts(counts) if sees_conflicts else (),
        waiting=waiting_figures(counts, scores, now, may),
        queue=queue_figures(counts),
        chart=chart_of(scores, company_day(now)),
        health=read_health(now) if sees_conflicts and may(ANSWERS) else None,
        runs=latest_runs(now) if sees_runs else (),
        sees_runs=sees_runs,
        sees_conflicts=sees_conflicts,
        may_plan=may(CHANGE),
        may_publish=may(PUBLISH),
    )
