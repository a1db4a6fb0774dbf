"""The size of the sandbox's company as an option of a command line."""

from argparse import ArgumentTypeError

from novatrek_scheduling.sandbox.world.company import MAX_SCALE


def scale(text: str) -> int:
    """Return how many times larger the company is. Raises ArgumentTypeError with what it may be."""
    if not (text.isdecimal() and 1 <= int(text) <= MAX_SCALE):
        raise ArgumentTypeError(f"{text!r} is no size of a company: give a whole number from 1 to {MAX_SCALE}.")
    return int(text)
