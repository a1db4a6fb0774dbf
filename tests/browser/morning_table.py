"""The table of docs/console.md that says what each task of the morning takes."""

from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "console.md"
COLUMNS = ("by mouse", "by keyboard")


def column(name: str) -> dict[str, str]:
    """Return what the tasks take as the document has it, by task: `by mouse` or `by keyboard`."""
    lines = DOCUMENT.read_text().splitlines()
    [head] = [number for number, line in enumerate(lines) if line.startswith(f"| task | {' | '.join(COLUMNS)}")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[head + 2 :]]
    rows = cells[: next(number for number, row in enumerate(cells) if len(row) < len(COLUMNS) + 1)]
    return {row[0]: row[1 + COLUMNS.index(name)] for row in rows}
