"""Detection: pure functions of a daily schedule and the facts about it."""

from conflicts.detection.causes import Cause, ConflictType
from conflicts.detection.detect import detect
from conflicts.detection.findings import DetectedConflict, Detection
from conflicts.detection.scene import Danger, Scene
from conflicts.detection.severity import Severity

__all__ = ["Cause", "ConflictType", "Danger", "DetectedConflict", "Detection", "Scene", "Severity", "detect"]
