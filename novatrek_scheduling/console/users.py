"""Users and groups in the console."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

admin.site.unregister([User, Group])


@admin.register(User)
class UserPages(UserAdmin[User], ModelAdmin):  # type: ignore[misc]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "first_name", "last_name", "email", "is_staff", "last_login"]
    list_filter = ["groups", "is_staff", "is_superuser", "is_active"]


@admin.register(Group)
class GroupPages(GroupAdmin, ModelAdmin):  # type: ignore[misc]
    def get_deleted_objects(
        self, objs: QuerySet[Group] | Sequence[Group], request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        """Name the groups; their permissions and people are counted: no row of theirs has a name."""
        named, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        return [entry for entry in named if not isinstance(entry, list)], counts, forbidden, protected
