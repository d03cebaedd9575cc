"""Make the bundled fonts from the npm packages that carry the full static files.

    npm pack @expo-google-fonts/noto-sans-sc@0.4.3 @expo-google-fonts/noto-sans@0.4.2
    pip install fonttools
    python tools/make_fonts.py *.tgz

Noto Sans SC is cut down to what GBK can write (simplified and traditional Chinese, kana) and the characters of the
Table of General Standard Chinese Characters that GBK lacks; Noto Sans, which has the accents, keeps Latin, Greek and
Cyrillic. Both are under the SIL Open Font License 1.1. Noto Sans SC reserves the font name "Source" for unmodified
files only; ours is called Noto Sans SC, so a cut-down file may keep its name. The licence texts go beside the fonts.
"""

from __future__ import annotations

import sys
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FONTS = Path(__file__).parents[1] / "src/goodstanding/rendering/fonts"

SC = {
    "400Regular/NotoSansSC_400Regular.ttf": "NotoSansSC-Regular.ttf",
    "700Bold/NotoSansSC_700Bold.ttf": "NotoSansSC-Bold.ttf",
}
SANS = {
    "400Regular/NotoSans_400Regular.ttf": "NotoSans-Regular.ttf",
    "400Regular_Italic/NotoSans_400Regular_Italic.ttf": "NotoSans-Italic.ttf",
    "700Bold/NotoSans_700Bold.ttf": "NotoSans-Bold.ttf",
}

# In the Table of General Standard Chinese Characters (2013) but not in GBK; they occur in names and places.
BEYOND_GBK = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴"
    "䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮"
)


def gbk() -> Iterator[int]:
    """Every character that the GBK encoding can write, beside ASCII."""
    for high in range(0x81, 0xFF):
        for low in range(0x40, 0xFF):
            character = bytes((high, low)).decode("gbk", "ignore")
            if len(character) == 1:
                yield ord(character)


def chinese(present: set[int]) -> set[int]:
    """GBK, kana, full-width forms, ASCII, and what the font has of the supplementary planes (rare names)."""
    wanted = {*gbk(), *map(ord, BEYOND_GBK), *range(0x20, 0x7F), *range(0x3000, 0x3130), *range(0xFF00, 0xFFF0)}
    return wanted & present | {code for code in present if code >= 0x20000}


def western(present: set[int]) -> set[int]:
    """Latin with all its accents, Greek, Cyrillic, punctuation, currency signs, arrows and mathematical signs."""
    blocks = ((0x20, 0x250), (0x2B0, 0x530), (0x1E00, 0x2000), (0x2000, 0x2300), (0x25A0, 0x2700), (0xFB00, 0xFB07))
    return {code for code in present if any(first <= code < last for first, last in blocks)}


def cut(source: bytes, wanted: set[int], target: Path) -> None:
    """Write the subset. Time stamps stay as they are, so the same input gives the same bytes."""
    font = TTFont(BytesIO(source), recalcTimestamp=False)
    options = Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "liga", "locl", "tnum", "lnum"]
    options.hinting = False
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.drop_tables += ["vhea", "vmtx", "BASE", "STAT"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    font.save(target)
    sys.stdout.write(f"{target.name}: {len(font.getBestCmap())} characters, {target.stat().st_size / 1e6:.1f} MB\n")


def main(archives: list[str]) -> None:
    """Cut every font that the archives hold and copy their licence texts."""
    FONTS.mkdir(parents=True, exist_ok=True)
    for archive in archives:
        with tarfile.open(archive) as files:
            for member in files.getmembers():
                inner = member.name.removeprefix("package/")
                table, choose, licence = (SC, chinese, "NotoSansSC") if inner in SC else (SANS, western, "NotoSans")
                if inner in table:
                    body = files.extractfile(member).read()  # type: ignore[union-attr]
                    cut(body, choose(set(TTFont(BytesIO(body)).getBestCmap())), FONTS / table[inner])
                    text = files.extractfile("package/LICENSE_FONT").read()  # type: ignore[union-attr]
                    (FONTS / f"OFL-{licence}.txt").write_bytes(text)


if __name__ == "__main__":
    main(sys.argv[1:])
