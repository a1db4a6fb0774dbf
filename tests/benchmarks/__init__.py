"""Measurements are repeatable, and what judges them is right."""
