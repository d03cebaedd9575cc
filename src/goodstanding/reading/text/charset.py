"""Bytes to text: the declared charset where it fits, otherwise what the bytes look like."""

from __future__ import annotations

import codecs
import re

_ALIASES = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030", "gb18030": "gb18030",
    "hz-gb-2312": "hz", "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "shift_jis": "cp932",
    "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932", "ms_kanji": "cp932", "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "iso-2022-jp-ms": "iso2022_jp_ext", "big5": "big5hkscs", "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs", "cn-big5": "big5hkscs", "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "ks_c_5601": "cp949",
    "unicode-1-1-utf-7": "utf-7", "utf8": "utf-8", "unicode-1-1-utf-8": "utf-8", "x-unknown": "", "unknown-8bit": "",
    "default": "", "x-user-defined": "", "binary": "",
}  # fmt: skip
_WESTERN = frozenset({"cp1252", "latin-1", "iso8859-15", "iso8859-1"})
#: Frequent characters of running text; their share tells one legacy CJK charset from another.
_COMMON = {
    "gb18030": "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运退款订单您请",
    "big5hkscs": "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程訂單您請退",
    "cp932": "のにはをたがでてとしれさあるいもすかなこまきりらよくっんけせどばえねだ。、",
    "euc_jp": "のにはをたがでてとしれさあるいもすかなこまきりらよくっんけせどばえねだ。、",
    "cp949": "이다의는을에가한로하고지를기은사리도인자시어서나일정아라수니습해",
}
_TRIED = ("gb18030", "cp932", "euc_jp", "big5hkscs", "cp949")


def decode(raw: bytes, declared: str = "") -> str:
    """Text of the bytes; never raises. A declaration that the bytes contradict is overruled."""
    if raw.startswith(codecs.BOM_UTF8):
        return raw[3:].decode("utf-8", "replace")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    if b"\x1b$" in raw or b"\x1b(J" in raw:
        return _try(raw, "iso2022_jp_ext") or raw.decode("iso2022_jp_ext", "replace")
    name = _name(declared)
    if raw.isascii() and name not in ("utf-7", "hz") and not name.startswith(("utf-16", "utf-32")):
        return raw.decode("ascii")
    if name and name not in _WESTERN and name != "utf-8" and (fitting := _fits(raw, name)) is not None:
        return fitting
    for piece in (raw, _whole_utf8(raw)):
        if (utf8 := _try(piece, "utf-8")) is not None:
            return utf8
    if name in _WESTERN and _looks_western(raw):
        return raw.decode("cp1252", "replace")
    return _guess(raw, name)


def _name(declared: str) -> str:
    wanted = declared.strip().strip("\"'").lower()
    name = _ALIASES.get(wanted, wanted)
    try:
        return codecs.lookup(name).name if name else ""
    except LookupError:
        return ""


def _try(raw: bytes, name: str) -> str | None:
    try:
        return raw.decode(name)
    except (UnicodeDecodeError, LookupError, ValueError):
        return None


def _fits(raw: bytes, name: str) -> str | None:
    """The declared decoding, if few bytes contradict it and no other reading is plainly better."""
    try:
        text = raw.decode(name, "replace")
    except (LookupError, ValueError):
        return None
    bad = text.count("\ufffd")
    if bad > max(2, len(text) // 50):
        return None
    if (
        bad == 0
        and name.startswith("cp125")
        and (better := _try(raw, "utf-8")) is not None
        and re.search(r"[^\x00-\x7f]", better)
    ):
        return better
    return text


def _whole_utf8(raw: bytes) -> bytes:
    """Without a character that a cap cut in half."""
    for cut in range(1, 4):
        if len(raw) > cut and raw[-cut] >= 0xC0:
            return raw[:-cut]
    return raw


def _looks_western(raw: bytes) -> bool:
    """Accented letters stand alone between ASCII; the bytes of CJK charsets come in long runs."""
    high = [len(run) for run in re.findall(rb"[\x80-\xff]+", raw[:20_000])]
    return not high or sum(1 for length in high if length <= 2) / len(high) > 0.8


def _guess(raw: bytes, name: str) -> str:
    if _looks_western(raw):
        return raw.decode(name if name.startswith("cp125") else _central_or_western(raw), "replace")
    best, best_share = "", 0.0
    for candidate in _TRIED:
        text = raw[:4_000].decode(candidate, "replace")
        other = [char for char in text if char > "\x7f"]
        if not other or text.count("\ufffd") > max(1, len(other) // 30):
            continue
        common = frozenset(_COMMON[candidate])
        share = sum(1 for char in other if char in common) / len(other)
        if share > best_share:
            best, best_share = candidate, share
    if best and best_share > 0.12:
        return raw.decode(best, "replace")
    return raw.decode("utf-8" if name == "utf-8" else "cp1252", "replace")


def _central_or_western(raw: bytes) -> str:
    """windows-1250 where the Polish letters of that page are, else windows-1252."""
    polish = sum(raw.count(bytes([code])) for code in (0xB9, 0xE6, 0xEA, 0xB3, 0x9C, 0x9F, 0xBF))
    western = sum(raw.count(bytes([code])) for code in (0xE4, 0xF6, 0xFC, 0xDF, 0xE9, 0xE8, 0xE0, 0xE7, 0xF1))
    return "cp1250" if polish > 2 * western + 2 else "cp1252"
