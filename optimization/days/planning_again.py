"""Having the date and regions of a run planned once more, by a worker."""

from celery import current_app
from django.utils import timezone
from kombu.exceptions import OperationalError

from novatrek_scheduling.errors import Impossible
from optimization.days.dead_letters import OPTIMIZE_CLUSTER_TASK
from optimization.models import OptimizationRun, RunDetail
from scheduling.daily_schedules.authors import AuthorKind
from scheduling.errors import DateInThePast


class NotPlannedAgain(Impossible):
    """The run was not about a day, or the queue is away."""

    code = "RUN_NOT_REPEATABLE"


def queue_again(run: OptimizationRun, *, by: str) -> None:
    """Queue what the run planned, on today's facts. Raises NotPlannedAgain, and DateInThePast where it is too late."""
    detail = RunDetail.objects.filter(pk=run.pk, subject=RunDetail.Subject.DAY).first()
    if detail is None:
        raise NotPlannedAgain(f"Run {run.pk} did not plan a day: there is nothing to plan again.")
    if run.schedule_date < timezone.now().date():
        raise DateInThePast(f"{run.schedule_date} is over: there is nothing left to plan.")
    cause = f"{by} planned run {run.pk} again"
    try:
        current_app.send_task(
            OPTIMIZE_CLUSTER_TASK,
            args=[[run.schedule_date.isoformat()], detail.region_ids, AuthorKind.OPTIMIZATION.value, cause],
            queue="optimization",
            retry=False,
        )
    except OperationalError as error:
        raise NotPlannedAgain("The queue is away: try again in a moment.") from error
