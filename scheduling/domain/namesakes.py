"""What tells two guides of one name apart, wherever they are named."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from uuid import UUID

from scheduling.domain.facts import Guide, Region


def told_apart(guides: Mapping[UUID, Guide], regions: Iterable[Region]) -> dict[UUID, Guide]:
    """Return the guides, those who share a name with what tells them apart: "Ana Chen (Sierra Nevada)".

    It is the home region, which people know of each other and which seldom changes; in one region the years of
    experience as well; where these are the same too, or not known, a number by the order of the ids. Certificates are
    not read for all guides, and nothing about health is used.
    """
    region_names = {spelling: region.name for region in regions for spelling in (str(region.id), region.slug)}
    by_name: defaultdict[str, list[Guide]] = defaultdict(list)
    for guide in guides.values():
        by_name[_comparable(guide.name)].append(guide)
    named: dict[UUID, Guide] = {}
    for sharing in by_name.values():
        if len(sharing) > 1:
            group = sorted(sharing, key=lambda guide: guide.id)
            names = _names_of(group, region_names)
            named |= {guide.id: replace(guide, name=name) for guide, name in zip(group, names, strict=True)}
    return {**guides, **named}


def _names_of(namesakes: Sequence[Guide], region_names: Mapping[str, str]) -> list[str]:
    """Return a name for each of them, with as few facts as tell all of them apart."""
    homes = [region_names.get(guide.region_ids[0], "") if guide.region_ids else "" for guide in namesakes]
    years = [_years(guide.years_experience) for guide in namesakes]
    numbers = [f"no. {number}" for number, _guide in enumerate(namesakes, start=1)]
    names: list[str] = []
    for facts in (zip(homes, strict=True), zip(homes, years, strict=True), zip(homes, years, numbers, strict=True)):
        names = [_with_facts(guide.name, known) for guide, known in zip(namesakes, facts, strict=True)]
        if max(Counter(map(_comparable, names)).values()) == 1:
            break
    return names


def _with_facts(name: str, facts: Iterable[str]) -> str:
    known = ", ".join(filter(None, facts))
    return f"{name} ({known})" if known else name


def _years(years: int | None) -> str:
    return "" if years is None else f"{years} {'year' if years == 1 else 'years'}"


@lru_cache(maxsize=16_384)
def _comparable(name: str) -> str:
    return " ".join(name.casefold().split())
