"""The alert rules ask for figures that are there."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client

RULES = Path(__file__).parents[3] / "deploy" / "alerts.yml"
WATCHED = {
    "guide_enrichment_nullified_count_total",
    "schedule_adjustments_refused_total",
    "schedule_patch_retry_exhausted_total",
    "plans_refused_total",
    "optimization_night_dates",
    "conflicts_open",
    "sibling_answers_doubted",
    "monitor_interval_seconds",
    "monitor_last_complete_pass_timestamp_seconds",
    "dead_letters_open",
    "outbox_oldest_age_seconds",
}


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def figures_in(expression: str) -> set[str]:
    """What an expression reads: its words, without labels, ranges, groupings and functions."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\bby \([^)]*\)", "", expression)
    return set(re.findall(r"\b[a-z][a-z_]+\b(?!\s*\()", bare))


@pytest.mark.django_db
def test_every_figure_in_an_alert_rule_is_in_a_scrape(client: Client) -> None:
    exposed = set(re.findall(r"^# TYPE (\S+) ", client.get("/metrics").content.decode(), re.MULTILINE))
    asked = set().union(*(figures_in(rule["expr"]) for rule in rules()))

    assert asked == WATCHED
    assert asked <= exposed


@pytest.mark.django_db
@pytest.mark.parametrize(
    "series",
    [
        "guide_enrichment_nullified_count_total",
        "schedule_patch_success_total",
        "schedule_patch_retry_total",
        "schedule_patch_retry_exhausted_total",
        "plans_refused_total",
        'schedule_adjustments_refused_total{layer="service"}',
        'schedule_adjustments_refused_total{layer="trigger"}',
    ],
)
def test_a_counter_that_is_watched_for_increases_is_there_from_the_start(client: Client, series: str) -> None:
    assert f"\n{series} " in client.get("/metrics").content.decode()


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule["alert"]))
def test_a_rule_says_how_bad_it_is_what_happened_and_what_to_do(rule: dict[str, Any]) -> None:
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert all(rule["annotations"][name].strip().endswith((".", "?")) for name in ("summary", "description"))


def test_a_guide_who_lost_something_within_an_hour_is_an_alert() -> None:
    [rule] = [rule for rule in rules() if rule["alert"] == "GuideEnrichmentNullified"]

    assert rule["expr"] == "sum(increase(guide_enrichment_nullified_count_total[1h])) > 0"
    assert "for" not in rule
