"""Clients of the seven neighbouring services: one shared HTTP client, and a module of typed payloads for each."""

from scheduling.siblings.errors import SiblingFailure, SiblingNotFound, SiblingRefusal, SiblingUnavailable

__all__ = ["SiblingFailure", "SiblingNotFound", "SiblingRefusal", "SiblingUnavailable"]
