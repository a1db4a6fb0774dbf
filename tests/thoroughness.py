"""How much a run of tests tries: what every change can wait for, or what `make fuzz` has a night for."""

from hypothesis import settings

# The number of examples of the usual profile; `--hypothesis-profile=thorough` has more.
USUAL_EXAMPLES = 100


def is_thorough() -> bool:
    return settings().max_examples > USUAL_EXAMPLES
