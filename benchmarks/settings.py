"""The service's settings, with the addresses that only a benchmark has."""

from novatrek_scheduling.settings import *  # noqa: F403 (Django reads them here)

ROOT_URLCONF = "benchmarks.urls"
