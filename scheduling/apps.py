from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        from events.dead_letters import register_prepared_replay
        from novatrek_scheduling.operations.metrics import register_gauges
        from scheduling import hooks
        from scheduling.daily_schedules.catalog_aliases import record_alias, tell_catalog
        from scheduling.event_handlers import register_event_handlers
        from scheduling.operations_alerts import register_operations_notice
        from scheduling.patches.dead_letters import LOST_PATCH_SOURCE
        from scheduling.patches.services import prepare_lost_patch
        from scheduling.requests.metrics import scheduling_gauges
        from scheduling.siblings.outbox_deliveries import on_departure_created, register_deliveries

        register_deliveries()
        register_prepared_replay(LOST_PATCH_SOURCE, prepare_lost_patch)
        register_operations_notice()
        register_gauges(scheduling_gauges)
        register_event_handlers()
        hooks.departure_created.register(tell_catalog)
        on_departure_created(record_alias)
