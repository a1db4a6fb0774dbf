"""Addresses of the events' documentation, below /scheduling/v1/."""

from django.urls import path

from events.asyncapi import asyncapi_view

urlpatterns = [path("asyncapi.yaml", asyncapi_view, name="asyncapi")]
