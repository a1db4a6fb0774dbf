"""Days from files: reading, invalid files and the printed plan."""

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from optimization.solver import solve_day
from optimization.solver.__main__ import main
from optimization.solver.json_format import InvalidDayFile, plan_as_json, read_problem
from optimization.solver.problem import DayProblem
from tests.optimization.solver.days import random_day

ROOT = Path(__file__).parents[3]


def _documented() -> list[str]:
    """Return the examples of the documentation: a day and its plan."""
    text = (ROOT / "docs" / "solver-format.md").read_text(encoding="utf-8")
    return re.findall(r"```json\n(.*?)```", text, re.DOTALL)


def _example(**changes: Any) -> dict[str, Any]:
    return {**json.loads(_documented()[0]), **changes}


def _as_file(problem: DayProblem, seed: int | None = None) -> str:
    """Return the problem as a file, its entries in another order for each seed."""
    guides = sorted({str(pair.guide_id) for pair in problem.pairs})
    content: dict[str, Any] = {
        "format": 1,
        "guides": [{"id": guide, "capacity": 0} for guide in guides],
        "departures": [
            {
                "id": str(departure.id),
                "starts_at": departure.starts_at,
                "ends_at": departure.ends_at,
                "guests": departure.guests,
            }
            for departure in problem.departures
        ],
        "pairs": [
            {
                "departure": str(pair.departure_id),
                "guide": str(pair.guide_id),
                "score": pair.score,
                "capacity": pair.capacity,
                "kept": pair.is_kept,
            }
            for pair in problem.pairs
        ],
    }
    if seed is not None:
        for entries in (content["guides"], content["departures"], content["pairs"]):
            random.Random(seed).shuffle(entries)
    return json.dumps(content)


def _run(file: Path, hash_seed: str) -> bytes:
    command = [sys.executable, "-m", "optimization.solver", str(file)]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True).stdout


def test_the_documented_day_has_the_documented_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    day, plan = _documented()
    (tmp_path / "day.json").write_text(day)

    code = main([str(tmp_path / "day.json")])

    assert (code, capsys.readouterr().out) == (0, plan)


def test_a_file_has_the_plan_of_the_problem_that_it_describes() -> None:
    problem = random_day(40, 14, seed=3, crowding=1.5)

    named = read_problem(_as_file(problem))
    plan = solve_day(named.problem)

    teams = [[named.names[guide] for guide in team.guide_ids] for team in plan]
    assert teams == [[str(guide) for guide in team.guide_ids] for team in solve_day(problem)]


def test_the_same_day_in_any_order_and_process_has_the_same_bytes(tmp_path: Path) -> None:
    problem = random_day(40, 14, seed=3, crowding=1.5)
    files = [tmp_path / f"{number}.json" for number in range(2)]
    files[0].write_text(_as_file(problem))
    files[1].write_text(_as_file(problem, seed=8))

    printed = {_run(file, hash_seed) for file, hash_seed in ((files[0], "1"), (files[0], "2"), (files[1], "3"))}

    assert len(printed) == 1
    assert json.loads(printed.pop())["status"] == "PROVEN"


def test_the_change_budget_of_the_file_can_be_overridden(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "day.json").write_text(json.dumps(_example(max_changes=5)))

    main([str(tmp_path / "day.json"), "--max-changes", "0"])

    assert len(json.loads(capsys.readouterr().out)["moved"]) == 1


def test_a_file_that_is_no_json_is_refused_with_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "day.json").write_text("{")

    code = main([str(tmp_path / "day.json")])

    assert code == 2
    assert capsys.readouterr().err.startswith("the file: Invalid JSON")


def test_a_file_that_is_not_there_is_refused_with_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nowhere.json"]) == 2
    assert "nowhere.json" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("field", "entry", "changes"),
    [
        ("departures[1].guests", ("departures", 1), {"guests": "4"}),
        ("departures[0].guests", ("departures", 0), {"guests": -1}),
        ("departures[0].guests", ("departures", 0), {"guests": 4.5}),
        ("departures[0].priority", ("departures", 0), {"priority": 0}),
        ("departures[0].largest_team", ("departures", 0), {"largest_team": 4}),
        ("departures[0].ends_at", ("departures", 0), {"ends_at": 479}),
        ("departures[0].location", ("departures", 0), {"location": "lake"}),
        ("departures[0].pinned", ("departures", 0), {"pinned": ["zoe"]}),
        ("departures[0].required", ("departures", 0), {"required": ["zoe"]}),
        ("departures[0].colour", ("departures", 0), {"colour": "red"}),
        ("departures[1]", ("departures", 1), {"id": "canyon"}),
        ("guides[1].capacity", ("guides", 1), {"capacity": True}),
        ("guides[1]", ("guides", 1), {"id": "ana"}),
        ("pairs[2].score", ("pairs", 2), {"score": 1001}),
        ("pairs[2].guide", ("pairs", 2), {"guide": "zoe"}),
        ("pairs[2].departure", ("pairs", 2), {"departure": "lake"}),
        ("pairs[1]", ("pairs", 1), {"guide": "ana"}),
        ("locations[0].capacity", ("locations", 0), {"capacity": None}),
    ],
)
def test_a_wrong_field_is_named(field: str, entry: tuple[str, int], changes: dict[str, Any]) -> None:
    content = _example()
    content[entry[0]][entry[1]] |= changes

    with pytest.raises(InvalidDayFile) as refused:
        read_problem(json.dumps(content))

    assert any(line.startswith(f"{field}: ") for line in str(refused.value).splitlines())


@pytest.mark.parametrize(("field", "value"), [("format", 2), ("max_changes", -1), ("pairs", {}), ("crew", [])])
def test_a_wrong_part_of_the_file_is_named(field: str, value: object) -> None:
    with pytest.raises(InvalidDayFile, match=rf"^{field}: "):
        read_problem(json.dumps(_example(**{field: value})))


def test_every_wrong_field_has_a_line() -> None:
    content = _example(format=3, max_changes="none")

    with pytest.raises(InvalidDayFile) as refused:
        read_problem(json.dumps(content))

    assert len(str(refused.value).splitlines()) == 2


def test_a_day_without_anything_is_planned() -> None:
    named = read_problem('{"format": 1, "guides": [], "departures": [], "pairs": []}')

    plan = json.loads(plan_as_json(solve_day(named.problem), named.names))

    assert (plan["status"], plan["teams"], plan["unstaffed"]) == ("PROVEN", [], [])


def test_departures_and_guides_may_have_the_same_id() -> None:
    content = _example(guides=[{"id": "canyon", "capacity": 20}], pairs=[], locations=[], departures=[])
    content["departures"] = [{"id": "canyon", "starts_at": 0, "ends_at": 60, "guests": 3}]
    content["pairs"] = [{"departure": "canyon", "guide": "canyon", "score": 10}]

    named = read_problem(json.dumps(content))

    assert sorted(named.names.values()) == ["canyon", "canyon"]
    assert all(isinstance(key, UUID) for key in named.names)


def test_a_guide_who_may_go_nowhere_is_on_no_team() -> None:
    content = _example()
    content["guides"].append({"id": "zoe", "capacity": 12})

    named = read_problem(json.dumps(content))

    assert [named.names[guide] for team in solve_day(named.problem) for guide in team.guide_ids] == ["ana", "ben"]
