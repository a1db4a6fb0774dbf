"""The configuration of the garbage collector."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Allocations that trigger a collection: a large daily schedule has some 40,000 objects, all of them in use.
YOUNG_GENERATION_THRESHOLD = 50_000
# Such collections until what survived all of them is searched. To publish 3,800 departures makes nearly a million
# objects that are in use until it is done: to search half of them after ten took an eighth of its time.
YOUNG_COLLECTIONS_THRESHOLD = 50
# Planning a date of ten times the company makes some 100,000 that are in use until it is done.
YOUNG_GENERATION_OF_PLANNERS = 200_000
YOUNG_COLLECTIONS_OF_PLANNERS = 10


@contextmanager
def loading() -> Iterator[None]:
    """Load modules within: they are not searched for garbage meanwhile, and frozen at the end.

    Of some 180,000 objects that a process loads, 3,000 are garbage, and to look for it took a quarter of the start.
    """
    gc.disable()
    try:
        yield
        freeze_loaded_objects()
    finally:
        gc.enable()


def freeze_loaded_objects() -> None:
    """Exclude all objects loaded so far from garbage collection, since they live as long as the process.

    Otherwise each full collection traverses some 170,000 objects of the modules, during the request or
    task whose allocations triggered it. To be called last before the work begins and before a fork, so
    that children share the memory of untouched objects.

    Collections also become less frequent: with the interpreter's default threshold of 700, reading one daily
    schedule of 3,800 departures triggered dozens of them in vain, and a write took 50 % longer.
    """
    gc.freeze()
    gc.set_threshold(YOUNG_GENERATION_THRESHOLD, YOUNG_COLLECTIONS_THRESHOLD)


def collect_less_while_planning() -> None:
    """Have a process that plans search for garbage less often yet. To be called after `freeze_loaded_objects`."""
    gc.set_threshold(YOUNG_GENERATION_OF_PLANNERS, YOUNG_COLLECTIONS_OF_PLANNERS)
