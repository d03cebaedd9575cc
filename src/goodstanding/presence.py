"""At most one `goodstanding serve` for a home, and where it serves."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

FILE = "serving"


class AlreadyServing(Exception):
    """Another process serves this home; the message has its address."""


@contextmanager
def presence(home: Path) -> Iterator[Callable[[str], None]]:
    """Be the one that serves this home; yields a function that notes the address. Ends with the process, however."""
    with (home / FILE).open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyServing(f"已经在运行：{serving_at(home) or '正在启动'}（数据目录 {home}）") from None
        _write(home, "")
        try:
            yield lambda address: _write(home, address)
        finally:
            _write(home, "")


def serving_at(home: Path) -> str | None:
    """The address that is being served; None when nothing is."""
    try:
        with (home / FILE).open("r", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return file.read().strip() or None
    except OSError:
        pass
    return None


def _write(home: Path, address: str) -> None:
    (home / FILE).write_text(address, encoding="utf-8")
