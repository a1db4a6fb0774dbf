"""CPU time of other processes, by what the kernel says of them."""

import os
from collections.abc import Iterable
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(processes: Iterable[int]) -> float:
    """Return the user and system seconds of these processes so far; of one that ended none."""
    return sum((int(fields[11]) + int(fields[12])) / TICKS for fields in map(fields_of, processes) if fields)


def fields_of(process: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the name: state, parent and so on; of a process that ended none."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
