#!/bin/sh
# Makes or completes .venv from the lock files. Usage: tools/setup.sh runtime|dev
# Instant when nothing has changed. Uses the system's Python (3.11 or newer), or $PYTHON.
set -eu

cd "$(dirname "$0")/.."
part=${1:-runtime}
case $part in
  runtime) lock=requirements.lock ;;
  dev) lock=requirements-dev.lock ;;
  *) echo "用法：tools/setup.sh runtime|dev" >&2; exit 2 ;;
esac
python=.venv/bin/python

say() { printf '%s\n' "$*" >&2; }

# Two runs at once would trip over each other; the second waits.
if [ -z "${SETUP_ALONE:-}" ] && command -v flock >/dev/null 2>&1; then
  exec env SETUP_ALONE=1 flock . "$0" "$part"
fi

stamp=.venv/.made-$part
wanted=$(cat "$lock" requirements-uv.lock "$0" | cksum)
if [ -x $python ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
  exit 0
fi

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
  for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3 /usr/bin/python3; do
    if new_enough "$candidate"; then echo "$candidate"; return; fi
  done
  say "需要 Python 3.11 或更新版本。Debian/Ubuntu：apt-get install python3 python3-venv；其他系统见 https://www.python.org/downloads/"
  exit 1
}

as_root() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

make_venv() {
  system=$(find_python)
  rm -rf .venv
  say "正在建立 .venv（$("$system" --version)）…"
  if "$system" -c 'import ensurepip, venv' >/dev/null 2>&1 && "$system" -m venv .venv; then return; fi
  # Debian splits ensurepip off into python3-venv.
  if "$system" -m pip --version >/dev/null 2>&1 && "$system" -m venv --without-pip .venv; then
    "$system" -m pip --python $python install -q --require-hashes -r requirements-uv.lock && return
  fi
  rm -rf .venv
  if command -v virtualenv >/dev/null 2>&1 && virtualenv -q -p "$system" .venv; then return; fi
  version=$("$system" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  if as_root; then
    say "正在安装 python3-venv（Debian 把它单独打包）…"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "python$version-venv"; } >/dev/null
    "$system" -m venv .venv && return
  fi
  rm -rf .venv
  say "系统的 Python 缺少 venv 模块。请执行：sudo apt-get install python$version-venv，然后重试。"
  exit 1
}

install_uv() {
  [ -x .venv/bin/uv ] && [ "$(.venv/bin/uv --version | cut -d' ' -f2)" = "$(sed -n 's/^uv==\([^ ]*\).*/\1/p' requirements-uv.lock)" ] && return
  $python -m pip --version >/dev/null 2>&1 || $python -m ensurepip >/dev/null
  $python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-uv.lock
}

# uv does not read pip's settings; whoever set a mirror for pip means it for us, too.
use_pips_mirror() {
  [ -n "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}${UV_INDEX:-}" ] && return
  mirror=${PIP_INDEX_URL:-$($python -m pip config get global.index-url 2>/dev/null || true)}
  if [ -n "$mirror" ]; then export UV_DEFAULT_INDEX="$mirror"; fi
}

[ -x $python ] && new_enough $python || make_venv
rm -f "$stamp"
install_uv
use_pips_mirror
say "正在安装依赖（$lock）…"
with_uv() { .venv/bin/uv pip install -q --python $python --require-hashes "$@" -r "$lock"; }
# uv trusts its own list of certificate authorities; behind a company's proxy only the system's, or pip's, will do.
if ! refused=$(with_uv 2>&1); then
  case $refused in
    *certificate*) with_uv --system-certs || $python -m pip install -q --disable-pip-version-check --require-hashes -r "$lock" ;;
    *) say "$refused"; say "依赖安装失败。请检查网络；在国内可设置镜像：PIP_INDEX_URL=镜像地址 make setup"; exit 1 ;;
  esac
fi

# The project itself: its folder on the path and its command, without a build (which would fetch a build tool).
site=$($python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
printf '%s/src\n' "$PWD" >"$site/goodstanding.pth"
cat >.venv/bin/goodstanding <<SCRIPT
#!/bin/sh
exec "$PWD/.venv/bin/python" -m goodstanding.cli "\$@"
SCRIPT
chmod 755 .venv/bin/goodstanding
echo "$wanted" >"$stamp"
if [ "$part" = dev ]; then # the development lock contains the runtime's
  cat requirements.lock requirements-uv.lock "$0" | cksum >.venv/.made-runtime
fi
