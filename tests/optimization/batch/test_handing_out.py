"""The dates of clusters are handed out in order, side by side, and without asking about guides twice."""

import heapq
import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from uuid import UUID

import pytest

from optimization.batch.handing_out import Cluster, HandingOut

DAYS = [date(2027, 1, 1) + timedelta(days=n) for n in range(14)]


@dataclass
class Course:
    """What was planned by whom: dates of each cluster in their order, its processes, and when all was done."""

    dates: defaultdict[Cluster, list[date]] = field(default_factory=lambda: defaultdict(list))
    processes: defaultdict[Cluster, set[int]] = field(default_factory=lambda: defaultdict(set))
    ended_at: int = 0


def course_of(work: Mapping[Cluster, int], processes: int) -> Course:
    """Let processes plan all dates, each date for as long as it is work."""
    handing_out = HandingOut({cluster: list(DAYS) for cluster in work}, work, processes)
    course, idle, last, order = Course(), set(range(processes)), dict[int, Cluster](), count()
    at_work: list[tuple[int, int, int, Cluster]] = []
    while True:
        for process in sorted(idle):
            if task := handing_out.next_for(last.get(process)):
                cluster, day = task
                idle.remove(process)
                last[process] = cluster
                course.dates[cluster].append(day)
                course.processes[cluster].add(process)
                heapq.heappush(at_work, (course.ended_at + work[cluster], next(order), process, cluster))
        if not at_work:
            return course
        course.ended_at, _, process, cluster = heapq.heappop(at_work)
        handing_out.planned(cluster)
        idle.add(process)


def clusters_of_work(*work: int) -> dict[Cluster, int]:
    return {frozenset({UUID(int=number)}): size for number, size in enumerate(work)}


def test_the_dates_of_a_cluster_go_in_order_each_once() -> None:
    work = clusters_of_work(3, 2, 2, 1)

    assert dict(course_of(work, 2).dates) == dict.fromkeys(work, DAYS)


def test_a_cluster_stays_with_a_process_where_both_are_done_as_soon() -> None:
    work = clusters_of_work(12, 20, 6)

    course = course_of(work, 2)

    assert [len(course.processes[cluster]) for cluster in work] == [1, 1, 1]
    assert course.ended_at == 20 * len(DAYS)


def test_of_three_equal_clusters_one_is_shared_by_two_processes() -> None:
    course = course_of(clusters_of_work(1, 1, 1), 2)

    assert course.ended_at == 21


@pytest.mark.parametrize("seed", range(60))
def test_nobody_waits_longer_than_for_a_date(seed: int) -> None:
    random_ = random.Random(seed)
    processes = random_.randint(1, 4)
    work = clusters_of_work(*(random_.randint(1, 30) for _ in range(random_.randint(1, 7))))

    ended_at = course_of(work, processes).ended_at

    least = max(max(work.values()) * len(DAYS), sum(work.values()) * len(DAYS) / processes)
    assert ended_at <= least + 2 * max(work.values())
