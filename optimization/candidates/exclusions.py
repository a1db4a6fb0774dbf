"""Who may not go on a departure: counted from sets, and by name with the first rule against them when asked for."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from operator import attrgetter
from uuid import UUID

from optimization.candidates.bits import places_of, select
from optimization.candidates.context import GuideConstraints, first_exclusion
from optimization.candidates.crew import Crew
from optimization.candidates.rule_sets import KEPT_OFF
from scheduling.rules import Demand, Exclusion, Rule


class Exclusions(Mapping[UUID, Exclusion]):
    """The first rule against each guide who may not go on a departure, by id, in the order of the ids.

    A rule is asked when somebody looks: nearly all guides work elsewhere, and nobody asks about them. `related` are the
    excluded guides of the departure's region and activity.
    """

    def __init__(self, crew: Crew, demand: Demand, constraints: GuideConstraints, able: int) -> None:
        self._crew, self._demand, self._constraints, self._able = crew, demand, constraints, able
        self._asked: dict[UUID, Exclusion] = {}

    def __getitem__(self, guide_id: UUID) -> Exclusion:
        if guide_id not in self._asked:
            crew = self._crew
            guide = crew.facts.snapshot.guides[guide_id]
            exclusion = first_exclusion(guide, self._demand, crew.facts, crew.context, self._constraints)
            if exclusion is None:
                raise KeyError(guide_id)
            self._asked[guide_id] = exclusion
        return self._asked[guide_id]

    def __iter__(self) -> Iterator[UUID]:
        able = set(select(self._crew.ids, self._able))
        ids = sorted(self._crew.facts.snapshot.guides, key=attrgetter("int"))
        return (guide_id for guide_id in ids if guide_id not in able)

    def __len__(self) -> int:
        return len(self._crew.facts.snapshot.guides) - self._able.bit_count()

    @cached_property
    def related(self) -> tuple[UUID, ...]:
        return tuple(select(self._crew.ids, self._crew.leading(self._demand.activity) & ~self._able))

    def counted(self) -> Counter[tuple[Rule, str]]:
        """Return how many of the related guides each rule excludes first, by the rule and its message in short.

        Those with the same grounds are counted together: the rule is asked about one of them.
        """
        counts: Counter[tuple[Rule, str]] = Counter()
        for places in self._by_grounds().values():
            exclusion = self[self._crew.ids[places[0]]]
            counts[exclusion.rule, in_short(exclusion.rule, exclusion.message)] += len(places)
        return counts

    def _by_grounds(self) -> Mapping[object, list[int]]:
        """Return the places of the related guides by what their exclusion rests on."""
        crew, demand = self._crew, self._demand
        left = crew.leading(demand.activity) & ~self._able
        grounds: defaultdict[object, list[int]] = defaultdict(list)
        for rule, kept_off in KEPT_OFF.items():
            excluded = kept_off(crew, demand, left)
            for place in places_of(excluded):
                grounds[rule, self._grounds(rule, place)].append(place)
            left &= ~excluded
        if left:
            grounds[Rule.EXCLUDED] = places_of(left)
        return grounds

    def _grounds(self, rule: Rule, place: int) -> object:
        """Return what the message of a rule depends on beside the departure, for the guide at this place."""
        match rule:
            case Rule.NOT_ACTIVE:
                return self._crew.guides[place].status
            case Rule.CERTIFICATION:
                trip = self._demand.trip
                return trip and trip.required_certifications - self._crew.certifications(self._demand.days)[place]
            case Rule.HELD_BY_EMERGENCY | Rule.OVERLAP | Rule.REST:
                # Which emergency, and which clash is the first: both rules may exclude one guide.
                return place
        return None


def in_short(rule: Rule, message: str) -> str:
    """Return the message of an exclusion, in short where it is about one guide: without what they entered."""
    shorter = {
        Rule.OVERLAP: "on another departure",
        Rule.REST: "without their rest",
        Rule.NOT_AVAILABLE: "not available",
        Rule.AVAILABILITY_EXCEPTION: "away",
        Rule.RESTRICTION: "restricted",
    }
    return shorter.get(rule, message)
