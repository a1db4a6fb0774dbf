from django.apps import AppConfig


class ConflictsConfig(AppConfig):
    """What is wrong with daily schedules, and what is done about it."""

    name = "conflicts"

    def ready(self) -> None:
        from conflicts.metrics import conflicts_resolved, open_conflicts
        from conflicts.monitoring.honoured import accepted_risks_on, honoured_violations
        from conflicts.monitoring.metrics import monitor_gauges
        from conflicts.monitoring.services import detect_around_hazard, detect_in_changes, detect_waiting
        from novatrek_scheduling.operations.metrics import register_gauges
        from scheduling import hooks
        from scheduling.daily_schedules.changes import detectors

        detectors.register(detect_in_changes)
        hooks.hazard_changed.register(detect_around_hazard)
        hooks.waiting_guests_changed.register(detect_waiting)
        hooks.accepted_risks.register(accepted_risks_on)
        hooks.honoured_violations.register(honoured_violations)
        hooks.publication_figures.register(conflicts_resolved)
        register_gauges(open_conflicts)
        register_gauges(monitor_gauges)
