from collections.abc import Callable
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from events.models import DeadLetter


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        from events.dead_letters import register_prepared_replay
        from novatrek_scheduling.operations.metrics import register_gauges
        from scheduling.daily_schedules.changes import detectors
        from scheduling.event_handlers import register_event_handlers
        from scheduling.operations_alerts import register_operations_alerts
        from scheduling.outbox_deliveries import register_deliveries
        from scheduling.patches.dead_letters import FAILED_PATCH_SOURCE
        from scheduling.requests.followed_departures import tell_clients
        from scheduling.requests.metrics import request_gauges
        from scheduling.reservations.aftermath import follow_departures
        from scheduling.siblings.metrics import doubted_answers

        detectors.register(tell_clients)
        detectors.register(follow_departures)
        register_deliveries()
        register_prepared_replay(FAILED_PATCH_SOURCE, prepare_failed_patch)
        register_operations_alerts()
        register_gauges(request_gauges)
        register_gauges(doubted_answers)
        register_event_handlers()


def prepare_failed_patch(dead_letter: "DeadLetter") -> Callable[[], object]:
    """Prepare the replay of a patch; its serializers are loaded for it only, for commands do without them."""
    from scheduling.patches import services

    return services.prepare_failed_patch(dead_letter)
