# What Scripts/* share: the project's folder, the Swift toolchain, Debian packages.
# Sourced, never run.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

say() { printf '%s\n' "$*"; }
fail() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# Debian packages that building needs beside the Swift toolchain.
packages=(libopenblas-dev liblapacke-dev libonig-dev pkg-config)

is_installed() {
  [ "$(dpkg-query -W -f='${Status}' "$1" 2>/dev/null)" = 'install ok installed' ]
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# Installs what is missing of `packages`, and says what.
install_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say 'This is neither Debian nor Ubuntu: OpenBLAS, LAPACKE, Oniguruma, pkg-config must be there.'
    return
  fi
  local missing=() name
  for name in "${packages[@]}"; do is_installed "$name" || missing+=("$name"); done
  command -v git >/dev/null || missing+=(git)  # SwiftPM fetches dependencies with it
  if [ ${#missing[@]} -eq 0 ]; then
    say "Already installed: ${packages[*]}"
    return
  fi
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    fail "The packages ${missing[*]} are missing, and installing them needs root or sudo. Run" \
      "'apt-get install ${missing[*]}' as root, then this script again."
  fi
  say "Installing: ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

# Puts the Swift toolchain on the path; sudo often takes it away.
find_swift() {
  local home folder
  home=$(getent passwd "${SUDO_USER:-$(id -un)}" 2>/dev/null | cut -d: -f6)
  for folder in "" "${home:-${HOME:-}}/.local/share/swiftly/bin" /opt/swift/usr/bin \
    /usr/local/swift/usr/bin /usr/share/swift/usr/bin /usr/libexec/swift/bin; do
    [ -z "$folder" ] || [ ! -x "$folder/swift" ] || PATH="$folder:$PATH"
    ! command -v swift >/dev/null || return 0
  done
  fail 'There is no Swift toolchain on the path. Install Swift 6.2 or later from' \
    'https://www.swift.org/install/linux and run this script again.'
}

# The cores this process may use.
cores() { nproc 2>/dev/null || getconf _NPROCESSORS_ONLN; }

# Runs the tests with these arguments. One line for each test is enough: the lines that announce its
# cases are left out.
run_tests() {
  swift test --disable-xctest -j "$(cores)" "$@" 2>&1 |
    grep -a --line-buffered -v '^[^ ]* Test case passing .* started\.$'
}

install_packages
find_swift
