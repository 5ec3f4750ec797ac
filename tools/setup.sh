#!/bin/sh
# Makes this checkout able to run: system libraries Qt needs, .venv, the locked dependencies, `packhouse`.
# Safe to run again and again; the second run only compares stamps. With --tests it also wants what the
# tests and the package's build drive: Xvfb, PostgreSQL, a keyring, binutils. As root on Debian or Ubuntu it
# installs what is missing, else it prints the one line to run.
set -eu
cd "$(dirname "$0")/.."

# Shared library -> the Debian package that holds it. The xcb ones are what Qt's "xcb" plugin dies without,
# blaming another (libxcb-cursor0) whichever is missing.
LIBRARIES='
libEGL.so.1             libegl1
libGL.so.1              libgl1
libfontconfig.so.1      libfontconfig1
libdbus-1.so.3          libdbus-1-3
libglib-2.0.so.0        libglib2.0-0
libgssapi_krb5.so.2     libgssapi-krb5-2
libxkbcommon.so.0       libxkbcommon0
libxkbcommon-x11.so.0   libxkbcommon-x11-0
libX11-xcb.so.1         libx11-xcb1
libxcb-cursor.so.0      libxcb-cursor0
libxcb-icccm.so.4       libxcb-icccm4
libxcb-image.so.0       libxcb-image0
libxcb-keysyms.so.1     libxcb-keysyms1
libxcb-randr.so.0       libxcb-randr0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0       libxcb-shape0
libxcb-xkb.so.1         libxcb-xkb1
libwayland-cursor.so.0  libwayland-cursor0
libwayland-egl.so.1     libwayland-egl1
'
# Program -> package, wanted by the tests and by `make package` only.
PROGRAMS='
Xvfb    xvfb
xauth   xauth
xdotool xdotool
initdb  postgresql
objdump binutils
strace  strace
gnome-keyring-daemon gnome-keyring
dbus-run-session dbus
'

say() { printf 'setup: %s\n' "$*" >&2; }

have_program() {
    command -v "$1" >/dev/null 2>&1 && return 0
    # Debian keeps the server's programs off the PATH.
    for found in /usr/lib/postgresql/*/bin/"$1"; do [ -x "$found" ] && return 0; done
    return 1
}

find_python() {
    for candidate in python3.11 python3.12 python3.13 python3.14 python3; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

missing_packages() {
    present=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p)
    echo "$LIBRARIES" | while read -r library package; do
        [ -z "$library" ] && continue
        case "$present" in *"$library "*) ;; *) echo "$package" ;; esac
    done
    if [ "$wants_tests" = yes ]; then
        echo "$PROGRAMS" | while read -r program package; do
            [ -z "$program" ] && continue
            have_program "$program" || echo "$package"
        done
    fi
    # Debian splits Python: venv, and the library that a packaged program carries with it.
    python=$(find_python) || return 0
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if [ ! -x .venv/bin/python ] && ! "$python" -c 'import ensurepip' 2>/dev/null; then
        echo "python$version-venv"
    fi
    if [ "$wants_tests" = yes ] && [ "${python#/usr/bin/}" != "$python" ]; then
        case "$present" in *"libpython$version.so"*) ;; *) echo "libpython$version" ;; esac
    fi
}

# Installs packages as root, else prints the line to run. Fails if they are still missing afterwards.
apt_install() {
    line="apt-get install --yes --no-install-recommends $*"
    if ! command -v apt-get >/dev/null 2>&1; then
        say "system packages are missing. Install what your system calls: $*"
        return 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        say "system packages are missing. As an administrator, run: $line"
        return 1
    fi
    say "installing system packages: $*"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && $line -qq >/dev/null
}

make_venv() {
    if .venv/bin/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        return 0
    fi
    if ! python=$(find_python); then
        say "Packhouse needs Python 3.11 or newer and found none. Install it, then run this again."
        exit 1
    fi
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        say "$python cannot make a virtual environment: its venv module is not installed."
        exit 1
    fi
    say "making .venv with $python"
    "$python" -m venv --clear .venv
}

wants_tests=no
[ "${1:-}" = --tests ] && wants_tests=yes

if [ "$(uname -s)" = Linux ]; then
    packages=$(missing_packages | sort -u | tr '\n' ' ')
    # Not fatal: what is missing may not be needed (no Wayland here, no display there). The probe below decides.
    # shellcheck disable=SC2086  # the list is meant to be split
    [ -z "$packages" ] || apt_install $packages || true
fi

make_venv
fingerprint=$(cat requirements.lock pyproject.toml tools/setup.sh | cksum)
stamp=.venv/setup.stamp
if [ -x .venv/bin/packhouse ] && [ "$(cat "$stamp" 2>/dev/null)" = "$fingerprint" ]; then
    exit 0
fi

say "installing the locked dependencies (a few minutes the first time)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
# No isolation and no dependencies: everything it could want is locked above.
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
if ! QT_QPA_PLATFORM=offscreen .venv/bin/python -c 'from PySide6.QtWidgets import QApplication; QApplication([])'; then
    say "Qt does not start here; the line above names the library. On Debian or Ubuntu the packages are:"
    say "apt-get install $(echo "$LIBRARIES" | awk 'NF { printf "%s ", $2 }')"
    exit 1
fi
echo "$fingerprint" >"$stamp"
say "ready: .venv/bin/packhouse --help"
