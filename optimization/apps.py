"""The configuration of the optimization app: what it registers with the others."""

from django.apps import AppConfig


class OptimizationConfig(AppConfig):
    """Registration of planners, searches, metrics and dead letter replays."""

    name = "optimization"

    def ready(self) -> None:
        """Register the app's functions with the hooks of the apps below it."""
        from conflicts.resolution.registry import register_help, register_rate
        from events.dead_letters import register_replay
        from novatrek_scheduling.operations.metrics import register_gauges
        from optimization.candidates.scoring import pairing_score
        from optimization.days.dead_letters import DEAD_LETTER_SOURCE, replay_optimization
        from optimization.days.queue import enqueue_region
        from optimization.days.ratings import rate_change
        from optimization.nights.lifecycle import DEAD_LETTER_SOURCE as NIGHTS_SOURCE
        from optimization.nights.worker import replay_night
        from optimization.runs.metrics import optimization_gauges, score_of_date
        from optimization.strategies import register_searches
        from optimization.strategies.what_would_help import what_would_help
        from scheduling import hooks

        hooks.optimization_requested.register(enqueue_region)
        hooks.publication_figures.register(score_of_date)
        hooks.pairing_score.register(pairing_score)
        register_gauges(optimization_gauges)
        register_searches()
        register_rate(rate_change)
        register_help(what_would_help)
        register_replay(DEAD_LETTER_SOURCE, replay_optimization)
        register_replay(NIGHTS_SOURCE, replay_night)
