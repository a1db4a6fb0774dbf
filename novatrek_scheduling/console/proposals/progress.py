"""How far a worker is with a proposal."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from novatrek_scheduling.console.proposals.texts import step_words
from optimization.models import Proposal

# How much of the time is over, on average, when a step begins.
PERCENT = {
    Proposal.Step.READING: 10,
    Proposal.Step.PLANNING: 35,
    Proposal.Step.CHECKING: 65,
    Proposal.Step.COMPARING: 75,
}


@dataclass(frozen=True, slots=True)
class ProgressStep:
    """A step; `is_done` before the present one, which `is_present`."""

    words: str
    is_done: bool
    is_present: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a proposal in percent and in words; `is_waiting` until a worker takes it."""

    id: UUID
    percent: int
    words: str
    steps: tuple[ProgressStep, ...]
    is_waiting: bool


def progress_of(proposal: Proposal) -> Progress:
    """Return how far the making of the proposal is."""
    words, is_waiting = step_words(), proposal.status == Proposal.Status.PENDING
    order = list(words)
    present = order.index(proposal.step)
    return Progress(
        id=proposal.pk,
        percent=2 if is_waiting else PERCENT[Proposal.Step(proposal.step)],
        words=_("Waiting for a worker") if is_waiting else words[proposal.step],
        steps=tuple(
            ProgressStep(words[step], not is_waiting and index < present, not is_waiting and index == present)
            for index, step in enumerate(order)
        ),
        is_waiting=is_waiting,
    )
