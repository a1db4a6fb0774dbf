"""The availability of a date for a client, and its score, 0 to 100."""

from enum import StrEnum

from django.conf import settings

from optimization.requests.query import DateOption, TripQuery
from scheduling.domain.facts import Sibling, TrailCondition, WeatherOutlook
from scheduling.rules import Facts

TIGHT_HEADROOM = 0.2
TRAIL_VALUE = {
    TrailCondition.EXCELLENT: 1.0,
    TrailCondition.GOOD: 0.85,
    TrailCondition.FAIR: 0.6,
    TrailCondition.POOR: 0.3,
    TrailCondition.CLOSED: 0.0,
}
WEATHER_VALUE = {
    WeatherOutlook.CLEAR: 1.0,
    WeatherOutlook.PARTLY_CLOUDY: 0.9,
    WeatherOutlook.OVERCAST: 0.75,
    WeatherOutlook.RAIN_LIKELY: 0.4,
    WeatherOutlook.STORM_WARNING: 0.1,
}
UNKNOWN_VALUE = 0.6
# What is left of the score of a guide whom a query passes over for those it prefers.
PASSED_OVER_SHARE = 0.5


class Availability(StrEnum):
    """The availability of a date in the contract's words, the best first."""

    AVAILABLE = "AVAILABLE"
    LIMITED = "LIMITED"
    WAITLIST = "WAITLIST"
    UNAVAILABLE = "UNAVAILABLE"


def availability_of(option: DateOption) -> Availability:
    """Return the availability of an option with a team: LIMITED where it needs approval or is nearly full."""
    is_tight = option.departure.needs_approval or option.headroom < TIGHT_HEADROOM
    return Availability.LIMITED if is_tight else Availability.AVAILABLE


def _trail_value(option: DateOption, facts: Facts) -> float:
    if option.condition:
        return TRAIL_VALUE[option.condition]
    needs_none = option.trail is None and facts.snapshot.knows(Sibling.TRAIL_MANAGEMENT)
    return 1.0 if needs_none else UNKNOWN_VALUE


def _team_value(option: DateOption, query: TripQuery) -> float:
    team = option.departure.team
    shares = [PASSED_OVER_SHARE if query.passes_over(member.guide_id) else 1.0 for member in team]
    return sum(share * member.score for share, member in zip(shares, team, strict=True)) / len(team)


def score_of(option: DateOption, query: TripQuery, facts: Facts) -> float:
    """Return the score, 0 to 100, of an option with a team: a mean weighted by REQUEST_SCORE_WEIGHTS."""
    weights = settings.REQUEST_SCORE_WEIGHTS
    values = {
        "team": _team_value(option, query),
        "trail": _trail_value(option, facts),
        "weather": WEATHER_VALUE[option.outlook] if option.outlook else UNKNOWN_VALUE,
        "headroom": min(1.0, option.headroom / 0.5),
    }
    return float(100 * sum(weights[name] * value for name, value in values.items()) / sum(weights.values()))
