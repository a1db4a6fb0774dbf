"""Sets say of random worlds what the readable rules say of each guide and departure: who may go, and why others not."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from optimization.candidates.assessment import Candidate, Crews, in_short
from optimization.candidates.context import GuideConstraints, first_exclusion
from optimization.candidates.scoring import score_parts
from optimization.days.inputs import DayInputs
from scheduling.domain.document import GuideAdjustments
from scheduling.domain.facts import Snapshot, Span
from scheduling.domain.limits import REST, TURNAROUND
from scheduling.rules import Commitment, Demand, EntriesByDate, Exclusion, Rule, capacity_of, clash_of, exclusion_of
from tests.optimization.days.seeded_days import DAY, seeded_day

World = DayInputs
SEEDS = range(5)
AN_INSTANT = timedelta(microseconds=1)
# The nights in which clocks are put back and forward in America.
TO_AUTUMN, TO_SPRING = date(2031, 11, 1) - DAY, date(2032, 3, 13) - DAY
UNREADABLE: tuple[Any, ...] = ("no mapping", None, {"kind": 3}, {"kind": "MAX_ALTITUDE_M", "value": "high"}, {})


def as_it_is(world: World, _: random.Random) -> World:
    return world


def with_people_expected_elsewhere(world: World, dice: random.Random) -> World:
    """Give guides commitments that end or begin when their rest or turnaround would, or an instant later or earlier."""
    departures, commitments = list(world.departures.values()), dict(world.context.commitments)
    for guide_id in world.facts.snapshot.guides:
        span, day = dice.choice(departures).span, DAY + timedelta(days=dice.choice([-1, 0, 0, 1]))
        distance = dice.choice([TURNAROUND, REST]) + dice.choice([-1, 0, 1]) * AN_INSTANT
        begins = span.ends_at + distance
        ends = span.starts_at - distance
        taken = dice.choice([Span(begins, begins + REST), Span(ends - REST, ends)])
        held = Commitment(guide_id, UUID(int=dice.getrandbits(128)), day, taken)
        commitments[guide_id] = (*commitments.get(guide_id, ()), held)
    return replace(world, context=replace(world.context, commitments=commitments))


def with_teams_that_stay(world: World, dice: random.Random) -> World:
    """Plan half of the departures: the teams of the others are committed, and those of the departures themselves."""
    commitments = {guide_id: list(held) for guide_id, held in world.context.commitments.items()}
    for key, departure in world.departures.items():
        for guide_id in departure.guide_ids:
            commitments.setdefault(guide_id, []).append(Commitment(guide_id, key, DAY, departure.span))
    context = replace(
        world.context,
        commitments={guide_id: tuple(held) for guide_id, held in commitments.items()},
        planned=frozenset(key for key in world.departures if dice.random() < 0.5),
    )
    return replace(world, context=context)


def with_entries_that_cannot_be_read(world: World, dice: random.Random) -> World:
    entered = {
        guide_id: GuideAdjustments(restrictions=[dice.choice(UNREADABLE)], max_group_size=dice.choice([None, 3]))
        for guide_id in world.facts.snapshot.guides
        if dice.random() < 0.4
    }
    by_day = {**world.context.entered.by_day, DAY: entered}
    return replace(world, context=replace(world.context, entered=EntriesByDate(by_day)))


def without_certificates(world: World, _: random.Random) -> World:
    return with_snapshot(world, replace(world.facts.snapshot, certificates={}))


def without_some_trips_and_regions(world: World, dice: random.Random) -> World:
    snapshot = world.facts.snapshot
    trips = {key: trip for key, trip in snapshot.trips.items() if dice.random() < 0.8}
    regions = dict(list(snapshot.regions.items())[: max(1, len(snapshot.regions) - 1)])
    return with_snapshot(world, replace(snapshot, trips=trips, regions=regions))


def by_the_slugs_of_regions(world: World, dice: random.Random) -> World:
    snapshot = world.facts.snapshot
    slugs = {str(region.id): region.slug for region in snapshot.regions.values()}
    guides = {
        key: replace(guide, region_ids=tuple(dice.choice([spelled, slugs[spelled]]) for spelled in guide.region_ids))
        for key, guide in snapshot.guides.items()
    }
    return with_snapshot(world, replace(snapshot, guides=guides))


def when_clocks_are_put_back(world: World, _: random.Random) -> World:
    return moved(world, TO_AUTUMN)


def when_clocks_are_put_forward(world: World, _: random.Random) -> World:
    return moved(world, TO_SPRING)


def with_snapshot(world: World, snapshot: Snapshot) -> World:
    return replace(world, facts=world.facts.with_snapshot(snapshot))


def moved(world: World, by: timedelta) -> World:
    """Return the world days later, on the same clocks: its departures of thirty hours are out at two in the night."""
    snapshot = world.facts.snapshot
    departures = {
        key: departure.model_copy(update={"starts_at": departure.starts_at + by, "ends_at": departure.ends_at + by})
        for key, departure in world.departures.items()
    }
    hazards = tuple(replace(hazard, span=later(hazard.span, by)) for hazard in world.facts.hazards)
    commitments = {
        guide_id: tuple(replace(other, day=other.day + by, span=later(other.span, by)) for other in held)
        for guide_id, held in world.context.commitments.items()
    }
    entered = EntriesByDate({day + by: entries for day, entries in world.context.entered.by_day.items()})
    available = {day + by: guides for day, guides in snapshot.available.items()}
    return replace(
        world,
        day=world.day + by,
        departures=departures,
        facts=replace(world.facts, snapshot=replace(snapshot, available=available), hazards=hazards),
        context=replace(world.context, commitments=commitments, entered=entered),
    )


def later(span: Span, by: timedelta) -> Span:
    return Span(span.starts_at + by, span.ends_at + by)


WORLDS: tuple[Callable[[World, random.Random], World], ...] = (
    as_it_is,
    with_people_expected_elsewhere,
    with_teams_that_stay,
    with_entries_that_cannot_be_read,
    without_certificates,
    without_some_trips_and_regions,
    by_the_slugs_of_regions,
    when_clocks_are_put_back,
    when_clocks_are_put_forward,
)


def demands_of(world: World) -> list[Demand]:
    snapshot = world.facts.snapshot
    return [Demand.of(key, departure, world.day, snapshot) for key, departure in list(world.departures.items())[:6]]


def candidates_by_the_rules(demand: Demand, world: World, constraints: GuideConstraints) -> Iterator[Candidate]:
    for guide_id, guide in sorted(world.facts.snapshot.guides.items()):
        if first_exclusion(guide, demand, world.facts, world.context, constraints) is None:
            entry = world.context.entered.of(guide_id, demand.days)
            parts = score_parts(guide, demand, world.facts, entry)
            yield Candidate(guide, capacity_of(guide, entry, demand.day), parts.product, parts)


def exclusions_by_the_rules(demand: Demand, world: World, constraints: GuideConstraints) -> dict[UUID, Exclusion]:
    asked = {
        guide_id: first_exclusion(guide, demand, world.facts, world.context, constraints)
        for guide_id, guide in sorted(world.facts.snapshot.guides.items())
    }
    return {guide_id: exclusion for guide_id, exclusion in asked.items() if exclusion}


@pytest.mark.parametrize("change", WORLDS)
def test_sets_and_rules_agree_on_every_guide_and_departure(change: Callable[[World, random.Random], World]) -> None:
    for seed in SEEDS:
        dice = random.Random(seed)
        world = change(seeded_day(seed), dice)
        guides = sorted(world.facts.snapshot.guides)
        crews = Crews(world.facts, world.context)
        for demand in demands_of(world):
            constraints = GuideConstraints(excluded=frozenset(dice.sample(guides, dice.choice([0, 2]))), because="free")

            assessment = crews.assess(demand, constraints)

            excluded = exclusions_by_the_rules(demand, world, constraints)
            assert list(assessment.candidates) == list(candidates_by_the_rules(demand, world, constraints))
            assert list(assessment.excluded.items()) == list(excluded.items())
            assert len(assessment.excluded) == len(excluded)
            assert assessment.excluded.counted() == Counter(
                (exclusion.rule, in_short(exclusion.rule, exclusion.message))
                for exclusion in excluded.values()
                if exclusion.rule not in {Rule.REGION, Rule.ACTIVITY}
            )


@pytest.mark.parametrize("change", WORLDS)
def test_sets_and_rules_agree_on_who_has_to_be_certified(change: Callable[[World, random.Random], World]) -> None:
    for seed in SEEDS:
        world = change(seeded_day(seed), random.Random(seed))
        demands = demands_of(world)

        needed = Crews(world.facts, world.context).needing_certificates(demands)

        assert needed == {
            guide_id for guide_id in world.facts.snapshot.guides if any(may_need(guide_id, d, world) for d in demands)
        }


def may_need(guide_id: UUID, demand: Demand, world: World) -> bool:
    """Return whether certificates are asked for, and nothing else keeps the guide off the departure."""
    guide, context = world.facts.snapshot.guides[guide_id], world.context
    entry = context.entered.of(guide_id, demand.days)
    others = context.elsewhere(guide_id)
    return bool(demand.trip and demand.trip.required_certifications) and not (
        exclusion_of(guide, demand, world.facts, entry, with_certificates=False)
        or clash_of(demand.span, demand.day, others, ignoring=demand.departure_id)
    )


def test_what_contexts_share_leaves_each_departure_its_own_answer() -> None:
    for seed in SEEDS:
        dice = random.Random(seed)
        world = with_teams_that_stay(with_people_expected_elsewhere(seeded_day(seed), dice), dice)
        shared = Crews(world.facts, world.context)
        for demand in demands_of(world):
            context = replace(world.context, planned={demand.departure_id})

            assessment = shared.around(context).assess(demand)

            alone = Crews(world.facts, context).assess(demand)
            assert assessment.able == alone.able
            assert dict(assessment.excluded) == dict(alone.excluded)


def test_crews_that_learn_certificates_answer_as_those_that_knew_them() -> None:
    for seed in SEEDS:
        dice = random.Random(seed)
        world = with_teams_that_stay(with_people_expected_elsewhere(seeded_day(seed), dice), dice)
        shared = Crews(without_certificates(world, dice).facts, world.context)
        contexts = {d.departure_id: replace(world.context, planned={d.departure_id}) for d in demands_of(world)}
        crews = {key: shared.around(context) for key, context in contexts.items()}
        for demand in demands_of(world):
            crews[demand.departure_id].needing_certificates([demand])

        for known in crews.values():
            known.learn_certificates(world.facts)

        for demand in demands_of(world):
            assessment = crews[demand.departure_id].assess(demand)
            alone = Crews(world.facts, contexts[demand.departure_id]).assess(demand)
            assert assessment.able == alone.able
            assert dict(assessment.excluded) == dict(alone.excluded)


def test_guides_with_other_entries_share_nothing() -> None:
    world = seeded_day(2)
    demand = next(d for d in demands_of(world) if Crews(world.facts, world.context).assess(d).candidates)
    shared = Crews(world.facts, world.context)
    guide_id = shared.assess(demand).able.guides[0].id
    away = GuideAdjustments(restrictions=[{"kind": "NO_GUIDING"}])

    entered = EntriesByDate({day: {guide_id: away} for day in demand.days})
    assessment = shared.around(replace(world.context, entered=entered)).assess(demand)

    assert guide_id in assessment.excluded


def test_nobody_is_excluded_who_may_go_and_strangers_are_unknown() -> None:
    world = seeded_day(1)
    assessment = next(a for d in demands_of(world) if (a := Crews(world.facts, world.context).assess(d)).candidates)

    assert assessment.candidates[0].guide.id not in assessment.excluded
    assert assessment.excluded.get(UUID(int=1)) is None


class NobodyLooks(frozenset[str]):
    """Activities that nobody may look at."""

    def __contains__(self, _: object) -> bool:
        raise AssertionError("Somebody looked at a guide of another region.")


def test_nobody_looks_at_guides_of_other_regions() -> None:
    world = seeded_day(1)
    snapshot, demand = world.facts.snapshot, demands_of(world)[0]
    strangers = {
        guide_id: replace(guide, activities=NobodyLooks())
        for guide_id, guide in snapshot.guides.items()
        if demand.region and not guide.works_in(demand.region)
    }
    elsewhere = {
        UUID(int=n): replace(guide, id=UUID(int=n), region_ids=("nowhere",), activities=NobodyLooks())
        for n, guide in enumerate(snapshot.guides.values())
    }
    facts = world.facts.with_snapshot(replace(snapshot, guides={**snapshot.guides, **strangers, **elsewhere}))

    assessment = Crews(facts, world.context).assess(demand)

    assert (
        assessment.explain("NO_CANDIDATE", "").counts
        == Crews(world.facts, world.context).assess(demand).explain("NO_CANDIDATE", "").counts
    )
    assert assessment.candidates
