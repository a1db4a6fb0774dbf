"""Proposals: asking for one, watching it being made, looking at what it changes, and deciding on it."""
