"""The configuration of the garbage collector."""

import gc

# Allocations that trigger a collection: a large daily schedule has some 40,000 objects, all of them in use.
YOUNG_GENERATION_THRESHOLD = 50_000


def freeze_loaded_objects() -> None:
    """Exclude all objects loaded so far from garbage collection, since they live as long as the process.

    Otherwise each full collection traverses some 170,000 objects of the modules, during the request or
    task whose allocations triggered it. To be called last before the work begins and before a fork, so
    that children share the memory of untouched objects.

    Collections also become less frequent: with the interpreter's default threshold of 700, reading one daily
    schedule of 3,800 departures triggered dozens of them in vain, and a write took 50 % longer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_GENERATION_THRESHOLD)
