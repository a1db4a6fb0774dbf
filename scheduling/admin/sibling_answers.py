"""The last good answers of siblings in the console, and the acceptance of those that are not believed."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from events.admin import ViewOnly
from scheduling.models import LastGoodAnswer
from scheduling.siblings.last_good import accept_answer

ACCEPT_PERMISSION = "scheduling.accept_lastgoodanswer"


class BeliefFilter(admin.SimpleListFilter):
    """A filter by whether the latest answer is believed."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("doubted", "Not believed"), ("good", "Good")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        by_state: dict[str | None, QuerySet[Any]] = {
            "doubted": queryset.exclude(suspicion=""),
            "good": queryset.filter(suspicion=""),
        }
        return by_state.get(self.value(), queryset)


@admin.register(LastGoodAnswer)
class LastGoodAnswerAdmin(ViewOnly):
    list_display = ["sibling", "resource", "scope", "count", "read_at", "state", "suspicion", "suspected_at"]
    list_filter = [BeliefFilter, "sibling", "resource"]
    search_fields = ["scope"]
    search_help_text = "Id of the region, or date"
    ordering = ["-suspected_at", "sibling", "resource", "scope"]
    actions = ["accept_chosen"]

    def has_accept_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(ACCEPT_PERMISSION)

    @admin.display(description="Records")
    def count(self, answer: LastGoodAnswer) -> int:
        return len(answer.records)

    @display(description="State", label={"not believed": "danger", "good": "success"})  # type: ignore[untyped-decorator]
    def state(self, answer: LastGoodAnswer) -> str:
        return "not believed" if answer.suspicion else "good"

    @admin.action(description="Accept what the sibling answers now", permissions=["accept"])
    def accept_chosen(self, request: HttpRequest, queryset: QuerySet[LastGoodAnswer]) -> None:
        for answer in queryset.order_by("pk"):
            accept_answer(answer)
            self.log_change(request, answer, "Accepted")
            self.message_user(request, f"Accepted: {answer}. The next answer is believed whatever it says.")
