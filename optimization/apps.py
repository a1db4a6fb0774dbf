from django.apps import AppConfig


class OptimizationConfig(AppConfig):
    name = "optimization"

    def ready(self) -> None:
        from novatrek_scheduling.metrics import register_gauges
        from optimization.figures import optimization_gauges, score_of_date
        from optimization.options import register_searches
        from optimization.wanted import want_optimization
        from scheduling import hooks

        hooks.optimization_wanted.register(want_optimization)
        hooks.publication_figures.register(score_of_date)
        register_gauges(optimization_gauges)
        register_searches()
