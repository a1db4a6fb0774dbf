"""The seven services next to ours: one shared client, one module of typed payloads for each of them."""

from scheduling.siblings.errors import SiblingFailure, SiblingNotFound, SiblingRefusal, SiblingUnavailable

__all__ = ["SiblingFailure", "SiblingNotFound", "SiblingRefusal", "SiblingUnavailable"]
