"""What the shipped font of icons contains, as the command that wrote it noted down."""

from hashlib import sha256
from pathlib import Path

from tests.fonts.icons import CHECKOUT

FONT = CHECKOUT / "novatrek_scheduling" / "static" / "vendor" / "material-symbols" / "material-symbols.woff2"
LIST = Path(__file__).parent / "shipped_icons.txt"


def digest(names: set[str]) -> str:
    """Return what belongs to this font with these names, and to no other."""
    return sha256(FONT.read_bytes() + "\n".join(sorted(names)).encode()).hexdigest()


def shipped() -> tuple[str, set[str]]:
    """Return the digest that was noted down, and the names."""
    first, *names = LIST.read_text().split()
    return first, set(names)


def note_down(names: set[str]) -> None:
    LIST.write_text("\n".join([digest(names), *sorted(names), ""]))
