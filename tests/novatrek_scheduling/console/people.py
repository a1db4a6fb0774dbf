"""Users of the console."""

from django.contrib.auth.models import Group, User
from django.test import Client

ROLES = ("Auditor", "Dispatcher", "Operations manager")


def signed_in(group: str | None = None, *, is_superuser: bool = False) -> Client:
    """Return a client of a staff user with the permissions of a group, with none, or with all."""
    name = "a superuser" if is_superuser else f"a {group or 'stranger'}".lower()
    user = User.objects.create_user(name, is_staff=True, is_superuser=is_superuser)
    if group:
        user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client
