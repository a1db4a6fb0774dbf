"""How far the resolving of many conflicts is: what is left travels with the page, one step a request."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conflicts.admin.many import steps_of
from conflicts.admin.outcome_text import message_about
from conflicts.models import ScheduleConflict
from conflicts.resolution.bulk import ChoiceOutcome


@dataclass(frozen=True, slots=True)
class Became:
    """What became of one conflict: what was done and who was told, or why nothing was done."""

    conflict_id: UUID
    about: str
    is_done: bool
    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """`left` are the choices that are still to be made, by step; `became` is what the last step came to.

    `done` and `resolved` count the steps and the conflicts of all steps until now, `tried` those whatever became of
    them.
    """

    left: tuple[tuple[str, ...], ...]
    notes: str
    done: int = 0
    tried: int = 0
    resolved: int = 0
    became: tuple[Became, ...] = ()

    @classmethod
    def before(cls, data: QueryDict) -> "Progress":
        """Return the progress that a form was sent at; what is no number counts as none."""
        left = tuple(map(tuple, steps_of(data.getlist("choices"))))
        done, tried, resolved = (_count(data.get(name, "")) for name in ("done", "tried", "resolved"))
        return cls(left, data.get("notes", ""), done, tried, resolved)

    def after(self, became: Sequence[Became]) -> "Progress":
        """Return the progress once the next step has come to this."""
        return replace(
            self,
            left=self.left[1:],
            done=self.done + 1,
            tried=self.tried + len(became),
            resolved=self.resolved + sum(row.is_done for row in became),
            became=tuple(became),
        )

    @property
    def next_step(self) -> list[str]:
        return list(self.left[0]) if self.left else []

    @property
    def choices(self) -> list[str]:
        """What is left, as the form sends it."""
        return [choice for step in self.left for choice in step]

    @property
    def of(self) -> int:
        return self.done + len(self.left)

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.of) if self.of else 100

    @property
    def words(self) -> str:
        return ngettext("%(done)s of %(of)s date is done", "%(done)s of %(of)s dates are done", self.of) % {
            "done": self.done,
            "of": self.of,
        }

    @property
    def summary(self) -> str:
        text = ngettext(
            "%(done)s of %(all)s conflict is resolved.", "%(done)s of %(all)s conflicts are resolved.", self.tried
        )
        return text % {"done": self.resolved, "all": self.tried}


def became_of(outcomes: Sequence[ChoiceOutcome]) -> Iterator[Became]:
    """Yield what became of each conflict, in one query."""
    rows = ScheduleConflict.objects.filter(pk__in=[outcome.conflict_id for outcome in outcomes])
    about = {key: str(details["description"]) for key, details in rows.values_list("pk", "details")}
    for outcome in outcomes:
        description = about.get(outcome.conflict_id, _("A conflict that is not there any more."))
        is_done = outcome.resolution is not None and not outcome.refusal
        message = message_about(outcome.resolution)[0] if outcome.resolution and is_done else ""
        text = f"{outcome.description} {message}" if is_done else outcome.refusal
        yield Became(outcome.conflict_id, description, is_done, text)


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
