from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        from novatrek_scheduling.metrics import register_gauges
        from scheduling import hooks
        from scheduling.aliases import record_alias, tell_catalog
        from scheduling.event_handlers import register_event_handlers
        from scheduling.gauges import scheduling_gauges
        from scheduling.operations_notice import register_operations_notice
        from scheduling.siblings.deliveries import on_departure_created, register_deliveries

        register_deliveries()
        register_operations_notice()
        register_gauges(scheduling_gauges)
        register_event_handlers()
        hooks.departure_created.register(tell_catalog)
        on_departure_created(record_alias)
