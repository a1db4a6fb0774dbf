"""`make fonts`: write the shipped fonts anew, with the icons that pages use.

With `INTER=InterVariable.woff2` the text font as well, from that file of the npm package `inter-ui`.
"""

import sys
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from tests.fonts import icons, shipped

ICONS = icons.THEME / "static" / "unfold" / "fonts" / "material-symbols" / "Material-Symbols-Outlined.woff2"
INTER = shipped.FONT.parents[1] / "inter"
WEIGHTS, SIZE = (400, 700), 14
"""The weights that styles use, and the optical size of text."""
LATIN = {
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *(0x131, 0x152, 0x153, 0x2C6, 0x2DA, 0x2DC),
    *range(0x2010, 0x203B),
    *(0x2044, 0x20AC, 0x2122, 0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x2215, 0x2248, 0x2260, 0x2264, 0x2265, 0x2318),
}
LATIN_EXTENDED = set(range(0x100, 0x180)) - LATIN
FEATURES = ["kern", "tnum", "ccmp"]


def main() -> None:
    write_icons()
    for path in sys.argv[1:]:
        write_inter(Path(path))


def write_icons() -> None:
    """Write the font of icons with the names in use, and note them down."""
    font = _font(ICONS)
    every = _ligatures(font)
    (Path(icons.__file__).parent / "known_icons.txt").write_text("\n".join([*sorted(every), ""]))
    names = icons.names_in_use()
    if unknown := names - every:
        sys.exit(f"no such icon: {', '.join(sorted(unknown))}")
    _keep_ligatures(font, names)
    _subset(font, {ord(letter) for name in names for letter in name}, ["*"], shipped.FONT)
    shipped.note_down(names)
    sys.stdout.write(f"{len(names)} icons, {shipped.FONT.stat().st_size:,} bytes\n")


def write_inter(path: Path) -> None:
    """Write the text font: Western letters, and apart from them those of other Latin alphabets."""
    narrowed = BytesIO()
    instantiateVariableFont(_font(path), {"wght": WEIGHTS, "opsz": SIZE}).save(narrowed)
    for name, letters in (("latin", LATIN), ("latin-extended", LATIN_EXTENDED)):
        _subset(_font(narrowed), letters, FEATURES, INTER / f"inter-{name}.woff2")


def _font(source: Path | BytesIO) -> TTFont:
    """Open a font that stays the same, byte for byte, if nothing in it changes."""
    return TTFont(source, recalcTimestamp=False)


def _tables(font: TTFont) -> list[tuple[str, list[object], dict[str, list[object]]]]:
    """Return for each first letter its ligatures, beside the dictionary that they stand in."""
    substitutions = (table for lookup in font["GSUB"].table.LookupList.Lookup for table in lookup.SubTable)
    found = [getattr(table, "ExtSubTable", table) for table in substitutions]
    return [
        (first, ligatures, table.ligatures) for table in found for first, ligatures in list(table.ligatures.items())
    ]


def _ligatures(font: TTFont) -> set[str]:
    letters = _letters(font)
    return {_name(first, ligature, letters) for first, ligatures, _ in _tables(font) for ligature in ligatures}


def _keep_ligatures(font: TTFont, names: set[str]) -> None:
    letters = _letters(font)
    for first, ligatures, table in _tables(font):
        table[first] = [ligature for ligature in ligatures if _name(first, ligature, letters) in names]


def _letters(font: TTFont) -> dict[str, str]:
    return {glyph: chr(code) for code, glyph in font.getBestCmap().items()}


def _name(first: str, ligature: object, letters: dict[str, str]) -> str:
    return "".join(letters[glyph] for glyph in [first, *ligature.Component])


def _subset(font: TTFont, letters: set[int], features: list[str], path: Path) -> None:
    options = subset.Options(flavor="woff2", hinting=False, desubroutinize=True, layout_features=features)
    options.drop_tables += ["FFTM"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=letters)
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(path)


if __name__ == "__main__":
    main()
