"""What the garbage collector need not look at."""

import gc


def spare_what_stays() -> None:
    """Take everything that is loaded by now out of garbage collection, for it lives as long as the process.

    Without this each full collection walks through some 170,000 objects of the modules, in the middle of
    the request or task whose allocations happened to start it. Call it last before the work begins, and
    before a fork: children then also share the memory of what nobody touches.
    """
    gc.collect()
    gc.freeze()
