"""Users and groups in the console."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
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
    pass
