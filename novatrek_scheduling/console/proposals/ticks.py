"""What a person left ticked of a proposal, kept in their session while it is made anew."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from optimization.models import Proposal
from optimization.proposals.difference import PartState
from optimization.proposals.reading import difference_now

KEY = "ticked in proposals"
MOST_PROPOSALS = 10


def keep_ticks(session: SessionBase, proposal: Proposal, ticked: Collection[UUID] | None, now: datetime) -> None:
    """Keep what is ticked of the proposal as it was made; None, or everything: all of the next one is ticked."""
    if not proposal.may_be_decided(now):
        return
    kept = {key: ids for key, ids in session.get(KEY, {}).items() if key != str(proposal.pk)}
    open_ids = {part.id for part in difference_now(proposal, now).in_state(PartState.OPEN)}
    if ticked is not None and not open_ids <= set(ticked):
        kept[str(proposal.pk)] = sorted(map(str, ticked))
    session[KEY] = dict(list(kept.items())[-MOST_PROPOSALS:])


def kept_ticks(session: SessionBase, proposal: Proposal) -> frozenset[UUID] | None:
    """Return what the person had ticked before it was made anew, as far as it still exists; None: nothing is kept."""
    kept = session.get(KEY, {}).get(str(proposal.pk))
    return None if kept is None else frozenset(map(UUID, kept))
