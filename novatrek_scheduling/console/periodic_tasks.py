"""Periodic tasks and their schedules in the console."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from django_celery_beat.admin import (
    CrontabScheduleAdmin,
    PeriodicTaskAdmin,
    PeriodicTaskForm,
    PeriodicTaskInline,
    ScheduleAdmin,
    TaskSelectWidget,
)
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

# Solar schedules and single times are not used.
admin.site.unregister([PeriodicTask, CrontabSchedule, IntervalSchedule, ClockedSchedule, SolarSchedule])


class ThemedTaskSelect(UnfoldAdminSelectWidget, TaskSelectWidget):  # type: ignore[misc]
    """A selection of the registered tasks."""


class ThemedTaskForm(PeriodicTaskForm):  # type: ignore[misc]
    """The form of django-celery-beat, with the inputs of the theme for the fields that it declares itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "task" in self.fields:
            self.fields["task"].widget = UnfoldAdminTextInputWidget()
            self.fields["regtask"].widget = ThemedTaskSelect()


class TasksOfSchedule(PeriodicTaskInline, TabularInline):  # type: ignore[misc]
    fields = readonly_fields = ("name", "task", "enabled")


@admin.register(PeriodicTask)
class PeriodicTaskPages(PeriodicTaskAdmin, ModelAdmin):  # type: ignore[misc]
    form = ThemedTaskForm
    # The template of django-celery-beat has an inline script, which the content security policy forbids.
    change_form_template = None
    date_hierarchy = None
    list_display = ("name", "task", "schedule_text", "enabled", "last_run_at")
    list_filter = ("enabled", "task")
    ordering = ("name",)
    readonly_fields = ("last_run_at",)
    fieldsets = (
        (None, {"fields": ("name", "regtask", "task", "enabled", "description")}),
        (gettext_lazy("Schedule"), {"fields": ("interval", "crontab", "start_time", "one_off", "last_run_at")}),
        (gettext_lazy("Arguments"), {"fields": ("args", "kwargs")}),
        (gettext_lazy("Delivery"), {"fields": ("expires", "expire_seconds", "queue", "priority")}),
    )

    @admin.display(description=gettext_lazy("Schedule"))
    def schedule_text(self, task: Any) -> str:
        return str(task.crontab.human_readable if task.crontab else task.interval)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return no actions without the permission to change: those of django-celery-beat do not check it."""
        actions: dict[str, Any] = super().get_actions(request)
        return actions if self.has_change_permission(request) else {}


@admin.register(CrontabSchedule)
class CrontabPages(CrontabScheduleAdmin, ModelAdmin):  # type: ignore[misc]
    inlines = [TasksOfSchedule]


@admin.register(IntervalSchedule)
class IntervalPages(ScheduleAdmin, ModelAdmin):  # type: ignore[misc]
    inlines = [TasksOfSchedule]
