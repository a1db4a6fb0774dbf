"""What stands against each guide, in a few words, for whoever drags a departure to a guide's row."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from novatrek_scheduling.console.departures.candidates import Ranking


@dataclass(frozen=True, slots=True)
class Landing:
    """Whether a guide may be put on the departure, and the hard rule that forbids it or what is open about it."""

    may_go: bool
    words: str


def landings_of(ranking: Ranking) -> dict[UUID, Landing]:
    """Return by guide what would be said of a drop on their row; nobody's own entries are in it."""
    return {guide.guide_id: Landing(may_go=False, words=guide.rule) for guide in ranking.forbidden} | {
        choice.guide_id: Landing(may_go=True, words="; ".join(map(str, choice.open_points)) or _("can go"))
        for choice in ranking.choices
    }
