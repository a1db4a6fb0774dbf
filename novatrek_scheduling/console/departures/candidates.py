"""The guides for a departure in three groups: who can go, who can with a swap, and who cannot, by which rule."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from novatrek_scheduling.console.departures.entries import TeamChoice
from novatrek_scheduling.console.departures.score_parts import Part, parts_of
from novatrek_scheduling.console.guides.health import whys_of
from optimization.candidates.assessment import in_short
from optimization.candidates.ranking import CandidateList, ListedGuide, list_candidates
from optimization.explanations.replacing import Replacement, Replacements
from optimization.explanations.services import price_replacements
from optimization.explanations.text import cost_text
from scheduling.domain.document import Departure
from scheduling.domain.facts import Snapshot
from scheduling.domain.words import listed
from scheduling.models import DailySchedule
from scheduling.rules import Rule
from scheduling.rules.approval import LEFT_A_NOTE
from scheduling.rules.inputs import days_of

ELSEWHERE = frozenset({Rule.REGION, Rule.ACTIVITY})
NOTHING_ENTERED: Mapping[UUID, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class Choice:
    """A guide who can go. `above_mean` are hours of 14 days against those of comparable guides, None if unknown.

    `runway` is the first date on which a required certificate expires, `runway_days` the days until then from the
    departure; None where none expires. `open_points` says what a person approves by publishing. `entered` is what they
    entered, for those who may read it. `price` is what it
    costs to take them instead of `instead_of`, `company` who goes with them then. `leads` is how many guests they may.
    `value` is the choice as the form sends it.
    """

    guide_id: UUID
    name: str
    is_on_team: bool
    leads: int
    score: float
    parts: tuple[Part, ...]
    hours: float | None
    above_mean: float | None
    runway: date | None
    runway_days: int | None
    open_points: tuple[str | Promise, ...]
    entered: tuple[str, ...] = ()
    value: str = ""
    price: str = ""
    company: str = ""
    instead_of: UUID | None = None


@dataclass(frozen=True, slots=True)
class Excluded:
    """A guide who cannot go, and the one rule against it; `entered` as of a choice."""

    guide_id: UUID
    name: str
    is_on_team: bool
    rule: str
    entered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Swap:
    """A guide who can go if others move: `moves` says who, `value` is the choice as the form sends it."""

    guide_id: UUID
    name: str
    price: str
    company: str
    moves: str
    instead_of: UUID | None
    value: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """The guides of a departure, the best first. `forbidden` are all who cannot go, `excluded` those of them who are of
    its region and activity or on its team; `elsewhere` counts the others.

    Prices and `swaps` are known once somebody asked for them.
    """

    choices: tuple[Choice, ...]
    forbidden: tuple[Excluded, ...]
    excluded: tuple[Excluded, ...]
    elsewhere: int
    is_priced: bool = False
    is_partial: bool = False
    swaps: tuple[Swap, ...] = ()


def rank_guides(
    schedule: DailySchedule, departure_id: UUID, departure: Departure, *, may_read_health: bool = False
) -> Ranking:
    """Rank the guides for a departure. Raises as `list_candidates` does."""
    seconds = settings.SNAPSHOT_DEADLINE_SECONDS["interactive"]
    ranked = list_candidates(schedule, departure_id, deadline_seconds=seconds)
    near = [guide.guide_id for guide in ranked.guides if not _is_elsewhere(guide)]
    entered = whys_of(near, days_of(departure), ranked.snapshot.availability_notes) if may_read_health else {}
    return ranking_of(ranked, departure, entered)


def ranking_of(
    ranked: CandidateList, departure: Departure, entered: Mapping[UUID, tuple[str, ...]] = NOTHING_ENTERED
) -> Ranking:
    """Return the ranking as the panel shows it, with what guides entered of themselves as far as it is given."""
    days = days_of(departure)
    trip = ranked.snapshot.trips.get(departure.trip_id)
    required = trip.required_certifications if trip else frozenset()
    excluded = [guide for guide in ranked.guides if guide.exclusion]
    near = [guide for guide in excluded if guide.is_on_team or not _is_elsewhere(guide)]
    return Ranking(
        choices=tuple(
            replace(_choice(guide, required, days, ranked.snapshot), entered=entered.get(guide.guide_id, ()))
            for guide in ranked.guides
            if guide.candidate
        ),
        forbidden=tuple(map(_excluded, excluded)),
        excluded=tuple(replace(_excluded(guide), entered=entered.get(guide.guide_id, ())) for guide in near),
        elsewhere=len(excluded) - len(near),
    )


def price_guides(ranking: Ranking, schedule: DailySchedule, departure_id: UUID) -> Ranking:
    """Return the ranking with prices and swaps, for which the region is planned anew. Raises as that does."""
    return priced(ranking, price_replacements(schedule, departure_id), departure_id)


def priced(ranking: Ranking, found: Replacements, departure_id: UUID) -> Ranking:
    """Return the ranking with what each guide costs instead of the present team.

    Who is free now goes without a swap, whatever else a new plan would change; who is on another departure goes with
    one.
    """
    by_guide = found.by_guide
    return replace(
        ranking,
        choices=tuple(
            _with_price(choice, by_guide[choice.guide_id], found.names, departure_id)
            if choice.guide_id in by_guide
            else choice
            for choice in ranking.choices
        ),
        excluded=tuple(guide for guide in ranking.excluded if guide.guide_id not in by_guide),
        swaps=tuple(
            _swap(guide, by_guide[guide.guide_id], found.names, departure_id)
            for guide in ranking.excluded
            if guide.guide_id in by_guide
        ),
        is_priced=True,
        is_partial=found.is_partial,
    )


def _with_price(choice: Choice, found: Replacement, names: Mapping[UUID, str], departure_id: UUID) -> Choice:
    company = [guide for guide in found.team if guide != choice.guide_id]
    return replace(
        choice,
        value=_value(choice.guide_id, {departure_id: found.team}) if company else choice.value,
        price=cost_text(found.cost),
        company=_named(company, names) if company else "",
        instead_of=found.instead_of,
    )


def _swap(guide: Excluded, found: Replacement, names: Mapping[UUID, str], departure_id: UUID) -> Swap:
    company = [other for other in found.team if other != guide.guide_id]
    moves = (f"{names.get(key, '')}: {_named(team, names)}" for key, team in found.moves.items())
    return Swap(
        guide_id=guide.guide_id,
        name=guide.name,
        price=cost_text(found.cost),
        company=_named(company, names) if company else "",
        moves="; ".join(moves),
        instead_of=found.instead_of,
        value=_value(guide.guide_id, {departure_id: found.team, **found.moves}),
    )


def _value(guide_id: UUID, teams: Mapping[UUID, Sequence[UUID]]) -> str:
    return "|".join([str(guide_id), *(str(TeamChoice(key, tuple(team))) for key, team in teams.items())])


def _named(guide_ids: Sequence[UUID], names: Mapping[UUID, str]) -> str:
    return listed((names.get(guide, "") for guide in guide_ids), conjunction=str(_("and"))) or str(_("nobody"))


def _is_elsewhere(guide: ListedGuide) -> bool:
    return guide.exclusion is not None and guide.exclusion.rule in ELSEWHERE


def _choice(guide: ListedGuide, required: frozenset[str], days: Sequence[date], snapshot: Snapshot) -> Choice:
    if guide.candidate is None:
        raise TypeError("Only who can go is a choice.")
    runway = _runway(guide.guide_id, required, days, snapshot)
    load = guide.workload
    return Choice(
        guide_id=guide.guide_id,
        name=guide.name,
        is_on_team=guide.is_on_team,
        value=str(guide.guide_id),
        leads=guide.candidate.capacity,
        score=guide.candidate.score,
        parts=parts_of(guide.candidate.parts),
        hours=load.trailing_hours if load else None,
        above_mean=load.above_mean if load else None,
        runway=runway,
        runway_days=(runway - days[-1]).days if runway else None,
        open_points=tuple(_open_points(guide)),
    )


def _runway(guide_id: UUID, required: frozenset[str], days: Sequence[date], snapshot: Snapshot) -> date | None:
    """The first date on which a required certificate expires, of each the latest that holds."""
    held = [c for c in snapshot.certificates.get(guide_id, ()) if c.name in required and c.holds_on(days)]
    last = [
        max((c.expires_on or date.max for c in held if c.name == name), default=date.max) for name in sorted(required)
    ]
    first = min(last, default=date.max)
    return None if first == date.max else first


def _open_points(guide: ListedGuide) -> Iterator[str | Promise]:
    for point in guide.to_approve:
        yield _("a note to approve") if point == LEFT_A_NOTE else _("certificates could not be read")


def _excluded(guide: ListedGuide) -> Excluded:
    rule = in_short(guide.exclusion.rule, guide.exclusion.message) if guide.exclusion else ""
    return Excluded(guide.guide_id, guide.name, guide.is_on_team, rule)
