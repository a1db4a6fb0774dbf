"""Addresses of the scheduling API, below /scheduling/v1/."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
