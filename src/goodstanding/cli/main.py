"""Words to commands. Each command is a module with ``add(subparsers)``; nothing heavy is imported before it is needed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from goodstanding import __version__

from . import codes, exporting, handle, importing, reading, running, verifying


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="goodstanding",
        description="独立站绩效通知协助：识别、中文解读、答复草拟、证据打包。仅供参考，不构成律师建议。",
        epilog="退出码：0 完成；1 完成但需要人看；2 用法错误；3 文件读不了；4 数据库等部件不可用。",
    )
    parser.add_argument("--version", action="version", version=f"goodstanding {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="命令", required=True)
    for module in (reading, handle, verifying, importing, exporting, running):
        module.add(commands)
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return codes.OK
