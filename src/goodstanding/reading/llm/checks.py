"""Whether a translated sentence says nothing that its original does not: what fails is not shown."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from .masks import MARK, Mask, lexicon, numbers_in

_NUMERAL = "〇零一二三四五六七八九十百千万亿两廿卅半壹贰叁肆伍陆柒捌玖拾佰仟萬億俩仨几数双倍"
_ALONE = (
    "〇零二三四五六七八九百千万亿两廿卅壹贰叁肆伍陆柒捌玖拾佰仟萬億俩仨"  # no word of a letter needs them but to count
)
_UNIT = r"(?:个?工作日|个?自然日|日|天|号|周|星期|礼拜|个?月|季度|年|小时|钟头|分钟|秒|元|块|美元|欧元|英镑|日元|美金|折|成|倍|次|笔|封|件|名|位|人|份|期|岁|%|％|个百分点|分之|百分)"
_COUNTED = re.compile(
    rf"(?:[{_NUMERAL}]{{1,8}}|多少)(?:多|余|来|几)?(?:个)?{_UNIT}|第[{_NUMERAL}]+|百分之|[{_NUMERAL}]{{2,}}|[{_ALONE}]"
)
#: Words with a numeral's character that count nothing.
_NEUTRAL = re.compile(
    r"一(?:旦|些|切|直|般|定|律|经|样|致|并|起|方面|边|下|再|向|贯|份|笔|封|次|名|位|件|人|个人|方|则|同|概|系列|部分|种|个)|第一时间|第三方|双方|三方|两者|二者|任何一|"
    rf"(?<![{_NUMERAL}])(?:万一|千万(?=不|要|勿|别)|万事达|十分(?=[重必抱感遗])|百分百|半数|几乎|零售|零件|百货|五金|二手|二维码|数据|数字|数量|数额|次数|参数|复数|倍感)"
)
_WEEKDAY = re.compile(r"(?:星期|礼拜|周)[一二三四五六日天末]")
_RELATIVE = re.compile(
    r"今天|今日|明天|明日|后天|昨天|前天|本周|下周|上周|本月|下个?月|上个?月|今年|明年|去年|月底|年底|月初|午夜|中午|上午|下午|晚上|凌晨|立即|马上|立刻"
)
_BESIDE = re.compile(rf"⟧\s*(?:[{_NUMERAL}]|{_UNIT}|多|余|左右|以上)|[{_NUMERAL}.,，]\s*⟦")
_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f<>`{}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe00-\ufe0f\U000e0000-\U000e007f]|https?:|www\\.|@|://|\\\\"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_OTHER = re.compile(r"[\u3040-\u30ff\uac00-\ud7a3\u0400-\u052f\u0370-\u03ff\u0590-\u06ff\u0e00-\u0e7f]")
_WORD = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’-]*")
_RELATIVE_IN_SOURCE = {
    "今": r"\b(?:today|this|heute|aujourd|hoy|oggi|vandaag|dzisiaj|dziś|hoje|tonight)|本日|今",
    "明": r"\b(?:tomorrow|next|morgen|demain|mañana|domani|jutro|amanhã)|明日|来年",
    "立": r"\b(?:immediate\w*|at once|urgent\w*|promptly|instant\w*|right away|asap|as soon|sofort\w*|unverzüglich\w*|umgehend\w*|immédiate\w*|inmediat\w*|immediata\w*|subito|onmiddellijk|direct|natychmiast\w*|niezwłocznie|imediat\w*)|直ちに|速やか|至急|即",
}  # fmt: skip


def fault(source: str, output: str, language: str, masks: tuple[Mask, ...]) -> str:
    """Why the output must not be shown, as a code; "" if nothing was found. ``source`` and ``output`` still hold the masks."""
    words = MARK.sub("", output)
    bare = MARK.sub(" ", source)
    checks = (
        (
            "shape",
            not words.strip()
            or len(output) > 3 * len(source) + 60
            or bool(_ODD.search(words))
            or "\n" in output.strip(),
        ),
        ("masks", numbers_in(source) != numbers_in(output) or "⟦" in words or "⟧" in words),
        ("order", not _same_order(source, output, masks)),
        ("not_chinese", not _CHINESE.search(words) or bool(_OTHER.search(words))),
        ("numbers", _numbers(words) or bool(_BESIDE.search(output))),
        ("times", _times(words, bare)),
        ("names", not _latin(words) <= _latin(bare)),
        ("negation", not _negation_kept(bare, words, language)),
        ("claims", _claims(bare, words)),
    )
    return next((code for code, failed in checks if failed), "")


def _same_order(source: str, output: str, masks: tuple[Mask, ...]) -> bool:
    """Two sums, dates or names of one sentence may not change places: their roles would."""
    kinds = {item.number: item.kind for item in masks}
    for kind in set(kinds.values()):
        before, after = (
            [int(n) for n in MARK.findall(words) if kinds.get(int(n)) == kind] for words in (source, output)
        )
        if before != after:
            return False
    return True


def _numbers(words: str) -> bool:
    """Every number of the original is masked, so any in the output is made up."""
    if any(unicodedata.category(char) in ("Nd", "Nl", "No") for char in words):
        return True
    return bool(_COUNTED.search(_WEEKDAY.sub("", _NEUTRAL.sub("", words))))


def _times(words: str, bare: str) -> bool:
    if _WEEKDAY.search(words):
        return True  # weekdays are masked too
    for match in _RELATIVE.finditer(words):
        key = (
            "立"
            if match[0] in ("立即", "马上", "立刻")
            else "今"
            if match[0][0] in "今本"
            else "明"
            if match[0][0] in "明下"
            else ""
        )
        pattern = _RELATIVE_IN_SOURCE.get(key)
        if pattern is None or not re.search(pattern, bare, re.I):
            return True
    return False


def _latin(words: str) -> set[str]:
    return {item.lower().strip("'’-") for item in _WORD.findall(words)}


@lru_cache(maxsize=32)
def _negators(language: str) -> tuple[re.Pattern[str], re.Pattern[str]] | None:
    found = lexicon()["negations"].get(language)
    return (re.compile(found["hard"], re.I), re.compile(found["soft"], re.I)) if found else None


def _negation_kept(source: str, output: str, language: str) -> bool:
    """Are there as many denials as before? A language without a word list cannot be checked, and is not shown."""
    patterns = _negators(language)
    if patterns is None:
        return False
    plain = source.replace("’", "'")
    hard, soft = (len(item.findall(plain)) for item in patterns)
    said = len(_chinese()[0].findall(_chinese()[1].sub("", output)))
    return hard <= said <= hard + soft


@lru_cache(maxsize=1)
def _chinese() -> tuple[re.Pattern[str], re.Pattern[str]]:
    found = lexicon()["chinese"]
    return re.compile(found["negation"]), re.compile(found["neutral"])


@lru_cache(maxsize=1)
def _claim_patterns() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((re.compile(said), re.compile(needed, re.I)) for said, needed in lexicon()["claims"].items())


def _claims(source: str, output: str) -> bool:
    """Does the output assert safety, genuineness, an outcome or a currency of which the original has no word?"""
    return any(said.search(output) and not needed.search(source) for said, needed in _claim_patterns())
