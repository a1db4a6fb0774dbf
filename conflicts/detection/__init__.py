"""Detection: pure functions of a daily schedule and what is known about it."""

from conflicts.detection.detect import detect
from conflicts.detection.findings import DetectedConflict, Detection
from conflicts.detection.scene import Danger, Scene

__all__ = ["Danger", "DetectedConflict", "Detection", "Scene", "detect"]
