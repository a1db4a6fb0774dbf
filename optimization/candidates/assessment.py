"""The assessment of every guide for a departure: a scored candidate, or the rule that excludes them."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from optimization.candidates.bits import bits_of, select
from optimization.candidates.columns import capacities_of, scores_of
from optimization.candidates.context import NO_GUIDE_CONSTRAINTS, GuideConstraints, PlanningContext
from optimization.candidates.crew import Crew
from optimization.candidates.exclusions import Exclusions, in_short
from optimization.candidates.rule_sets import able_guides
from optimization.candidates.scoring import ScoreParts, score_parts
from scheduling.domain.document import UnassignedReason
from scheduling.domain.facts import Guide, Region
from scheduling.domain.text import counted
from scheduling.domain.words import number_in_words
from scheduling.rules import Demand, Facts

__all__ = [
    "Able",
    "Assessment",
    "Candidate",
    "Crews",
    "GuideConstraints",
    "PlanningContext",
    "assess",
    "guides_needing_certificates",
    "in_short",
]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A guide who passes every rule. `capacity` is in guests, `score` in (0, 1], the product of its parts."""

    guide: Guide
    capacity: int
    score: float
    parts: ScoreParts


@dataclass(frozen=True, slots=True)
class Able:
    """The guides who pass every rule on a departure, in the order of their ids, as columns.

    Capacities are in guests, scores in (0, 1].
    """

    guides: Sequence[Guide]
    capacities: Sequence[int]
    scores: Sequence[float]

    def among(self, guide_ids: Collection[UUID]) -> "Able":
        """Return those of these ids."""
        chosen = bits_of(guide.id in guide_ids for guide in self.guides)
        return Able(select(self.guides, chosen), select(self.capacities, chosen), select(self.scores, chosen))

    def without(self, guide_ids: Collection[UUID]) -> "Able":
        """Return those of other ids."""
        return self.among({guide.id for guide in self.guides}.difference(guide_ids)) if guide_ids else self

    def with_also(self, guide: Guide, capacity: int, score: float) -> "Able":
        """Return these and another guide, as the last."""
        return Able((*self.guides, guide), (*self.capacities, capacity), (*self.scores, score))


@dataclass(frozen=True)
class Assessment:
    """One departure's candidates, in the order of their ids, and the first rule against each other guide."""

    demand: Demand
    facts: Facts
    context: PlanningContext
    able: Able
    excluded: Exclusions

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """The able guides with the parts of their scores."""
        return tuple(
            Candidate(guide, capacity, score, self._parts(guide))
            for guide, capacity, score in zip(self.able.guides, self.able.capacities, self.able.scores, strict=True)
        )

    def _parts(self, guide: Guide) -> ScoreParts:
        return score_parts(guide, self.demand, self.facts, self.context.entered.of(guide.id, self.demand.days))

    def explain(self, code: str, lead: str) -> UnassignedReason:
        """Return the reason for no team, with the guides of this activity and region counted by what excludes them.

        `code` and `lead` are those of the reason and the beginning of its message, if it says more than the count.
        """
        counts, by_message = Counter[str](), Counter[str]()
        for (rule, message), guides in self.excluded.counted().items():
            counts[rule.value] += guides
            by_message[message] += guides
        total = counts.total() + len(self.able.guides)
        breakdown = _breakdown(_most_first(by_message), total)
        message = f"{lead}: {breakdown}" if lead else breakdown
        return UnassignedReason(code=code, message=message, counts=dict(sorted(counts.items())))


class Crews:
    """The guides of all regions in a plan's context, region by region as they are asked for."""

    def __init__(self, facts: Facts, context: PlanningContext) -> None:
        self._facts, self._context = facts, context
        self._crews: dict[UUID | None, Crew] = {}
        self._alike: Crews | None = None

    def around(self, context: PlanningContext) -> "Crews":
        """Return the same guides in another context: what does not differ between the two is looked up once."""
        crews = Crews(self._facts, context)
        if context.entered is self._context.entered and context.commitments is self._context.commitments:
            crews._alike = self
        return crews

    def learn_certificates(self, facts: Facts) -> None:
        """Go on with these facts, which differ in certificates alone. Nobody was assessed yet."""
        if self._facts is facts:
            return
        self._facts = facts
        for crew in self._crews.values():
            crew.learn_certificates(facts)
        if self._alike:
            self._alike.learn_certificates(facts)

    def of(self, region: Region | None) -> Crew:
        """Return the guides who work in a region; nobody does in an unknown one."""
        key = region.id if region else None
        if key not in self._crews:
            alike = self._alike.of(region) if self._alike else None
            self._crews[key] = alike.around(self._context) if alike else Crew(region, self._facts, self._context)
        return self._crews[key]

    def assess(self, demand: Demand, constraints: GuideConstraints = NO_GUIDE_CONSTRAINTS) -> Assessment:
        """Assess every guide in the snapshot: a candidate, or excluded with the first rule against them."""
        crew = self.of(demand.region)
        able = able_guides(crew, demand) & ~crew.at(filter(constraints.against, constraints.excluded))
        columns = Able(select(crew.guides, able), capacities_of(crew, demand, able), scores_of(crew, demand, able))
        excluded = Exclusions(crew, demand, constraints, able)
        return Assessment(demand, self._facts, self._context, columns, excluded)

    def needing_certificates(self, demands: Iterable[Demand]) -> set[UUID]:
        """Return the guides who pass every other rule on some departure that requires a certification."""
        found: dict[Crew, int] = {}
        for demand in demands:
            if demand.trip and demand.trip.required_certifications:
                crew = self.of(demand.region)
                found[crew] = found.get(crew, 0) | able_guides(crew, demand, with_certificates=False)
        return {guide_id for crew, bits in found.items() for guide_id in select(crew.ids, bits)}


def guides_needing_certificates(demands: Iterable[Demand], facts: Facts, context: PlanningContext) -> set[UUID]:
    """Return the guides who pass every other rule on some departure that requires a certification."""
    return Crews(facts, context).needing_certificates(demands)


def assess(
    demand: Demand, facts: Facts, context: PlanningContext, constraints: GuideConstraints = NO_GUIDE_CONSTRAINTS
) -> Assessment:
    """Assess every guide in the snapshot for one departure; `Crews` assesses many."""
    return Crews(facts, context).assess(demand, constraints)


def _breakdown(counts: Sequence[tuple[str, int]], total: int) -> str:
    """Return how many of the guides what excludes: "six of nine lack canyon guide, three are away"."""
    if total == 0:
        return "no guide of this activity works here"
    if not counts:
        return f"{counted(total, 'guide')} of this activity here"
    (message, first), *others = counts
    of_all = f"{number_in_words(first)} of {number_in_words(total)} {'guide' if total == 1 else 'guides'} here"
    return ", ".join([_said(first, of_all, message), *(_said(n, number_in_words(n), text) for text, n in others)])


def _said(count: int, who: str, message: str) -> str:
    if message.startswith("lacks "):
        return f"{who} {message if count == 1 else message.replace('lacks', 'lack', 1)}"
    return f"{who} {'is' if count == 1 else 'are'} {message}"


def _most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
