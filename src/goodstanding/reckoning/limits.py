"""Several sets of limits at once (the gateway's, the network's), and what of a package breaks them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from goodstanding.contract import Bundle, Limits, Violation

_NUMBERS = ("max_file_bytes", "max_total_bytes", "max_pages", "max_files", "max_text_chars", "max_total_text_chars")
_LISTS = ("media_types", "slots", "languages")


def tightest(*limits: Limits) -> Limits:
    """What satisfies all of them: the smallest numbers, the common types, slots and languages; sources are joined.

    Two lists with nothing in common, or two different name patterns, raise ValueError: no package could satisfy both.
    """
    values: dict[str, object] = {name: _smallest(getattr(item, name) for item in limits) for name in _NUMBERS}
    values |= {name: _common(name, limits) for name in _LISTS}
    patterns = {item.filename_pattern for item in limits if item.filename_pattern}
    if len(patterns) > 1:
        raise ValueError(f"two recipients ask for different file names: {' and '.join(sorted(patterns))}")
    return Limits(
        **values,  # type: ignore[arg-type]
        one_file_per_slot=any(item.one_file_per_slot for item in limits),
        filename_pattern=next(iter(patterns), ""),
        source="; ".join(dict.fromkeys(item.source for item in limits if item.source)),
    )


def text_violations(texts: Mapping[str, str], limits: Limits) -> list[Violation]:
    """Text fields, by name, that are longer than the recipient takes, singly or together."""
    found = []
    for name, text in texts.items():
        if limits.max_text_chars is not None and len(text) > limits.max_text_chars:
            found.append(_too_long(name, len(text), limits.max_text_chars, limits.source))
    total = sum(map(len, texts.values()))
    if limits.max_total_text_chars is not None and total > limits.max_total_text_chars:
        found.append(_too_long("", total, limits.max_total_text_chars, limits.source))
    return found


def file_violations(files: Mapping[str, tuple[str, int]], limits: Limits) -> list[Violation]:
    """Files as they would be sent, by name, each with media type and bytes, against types, names, sizes and number."""
    found = []
    for name, (media_type, size) in files.items():
        if limits.media_types and media_type not in limits.media_types:
            found.append(_type(name, media_type, limits))
        if limits.filename_pattern and not re.fullmatch(limits.filename_pattern, name):
            message = f"{name}: the recipient asks for file names of the form {limits.filename_pattern}; rename it."
            found.append(_violation("file.name", message, name, limits, pattern=limits.filename_pattern))
        if limits.max_file_bytes is not None and size > limits.max_file_bytes:
            message = f"{name} has {size:,} bytes; the recipient takes {limits.max_file_bytes:,} a file."
            found.append(_violation("file.too_large", message, name, limits, bytes=size, limit=limits.max_file_bytes))
    total = sum(size for _, size in files.values())
    if limits.max_total_bytes is not None and total > limits.max_total_bytes:
        message = f"All files together have {total:,} bytes; the recipient takes {limits.max_total_bytes:,}."
        found.append(_violation("package.too_large", message, "", limits, bytes=total, limit=limits.max_total_bytes))
    if limits.max_files is not None and len(files) > limits.max_files:
        message = f"There are {len(files)} files; the recipient takes {limits.max_files}. Merge some of them."
        found.append(
            _violation("package.too_many_files", message, "", limits, files=len(files), limit=limits.max_files)
        )
    return found


def language_violations(bundle: Bundle, limits: Limits) -> list[Violation]:
    """Is the reply in a language that the recipient reads? ``de-AT`` counts as ``de``."""
    spoken = {tag.split("-")[0].lower() for tag in limits.languages}
    if not spoken or bundle.language.split("-")[0].lower() in spoken:
        return []
    message = f"The reply is in {bundle.language}; the recipient reads {', '.join(sorted(spoken))}. Translate it."
    return [_violation("reply.language", message, "reply", limits, language=bundle.language)]


def _type(name: str, media_type: str, limits: Limits) -> Violation:
    message = (
        f"{name} is {media_type or 'of unknown type'}; the recipient takes {', '.join(limits.media_types)}. Convert it."
    )
    return _violation("file.type", message, name, limits, media_type=media_type)


def _too_long(name: str, length: int, limit: int, source: str) -> Violation:
    what = f"The text {name}" if name else "All texts together"
    message = (
        f"{what} has {length:,} characters, {length - limit:,} more than the recipient takes ({limit:,}); shorten it."
    )
    facts = {"characters": str(length), "limit": str(limit), "source": source}
    return Violation(code="text.too_long", message=message, subject=name, facts=facts)


def _violation(code: str, message: str, subject: str, limits: Limits, **facts: object) -> Violation:
    known = {key: str(value) for key, value in facts.items()} | {"source": limits.source}
    return Violation(code=code, message=message, subject=subject, facts=known)


def _smallest(numbers: Iterable[int | None]) -> int | None:
    return min((number for number in numbers if number is not None), default=None)


def _common(name: str, limits: tuple[Limits, ...]) -> tuple[str, ...]:
    """What every list that says something has, in the order of the first."""
    given = [getattr(item, name) for item in limits if getattr(item, name)]
    if not given:
        return ()
    common = tuple(value for value in given[0] if all(value in other for other in given[1:]))
    if not common:
        raise ValueError(f"nothing satisfies all {name}: {' and '.join(str(list(values)) for values in given)}")
    return common
