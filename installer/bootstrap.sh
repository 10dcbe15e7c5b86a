#!/bin/sh
# Makes everything Proofdesk needs on Debian and Ubuntu: system packages, a virtual environment in .venv, the Python
# packages. Usage: sh installer/bootstrap.sh run|test. Doing it twice changes nothing and takes a second.
# PYTHON names the Python to use (3.11 to 3.13) where the first suitable one is not the one you want.
set -eu
cd "$(dirname "$0")/.."

purpose=${1:-run}
case $purpose in
    run) extras="" ;;
    test) extras="[dev,torch]" ;;
    *) echo "usage: sh installer/bootstrap.sh run|test" >&2; exit 2 ;;
esac

# One line a need; where the distributions differ, the first name that can be had is taken.
SYSTEM_PACKAGES="
tesseract-ocr
tesseract-ocr-eng
tesseract-ocr-kor
libegl1
libgl1
libglib2.0-0t64|libglib2.0-0
libdbus-1-3
libfontconfig1
libxkbcommon-x11-0
libxcb-cursor0
libxcb-icccm4
libxcb-image0
libxcb-keysyms1
libxcb-randr0
libxcb-render-util0
libxcb-shape0
libxcb-xinerama0
libxcb-xkb1
fonts-dejavu-core
fonts-noto-cjk|fonts-nanum
xvfb
xauth
"
if [ "$purpose" = test ]; then SYSTEM_PACKAGES="$SYSTEM_PACKAGES postgresql strace bindfs"; fi

say() { printf '%s\n' "$*" >&2; }

is_installed() { dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }

needs_of() { echo "$1" | tr '|' ' '; }

missing_packages() {
    for need in $SYSTEM_PACKAGES; do
        found=""
        for name in $(needs_of "$need"); do
            if is_installed "$name"; then found=yes; break; fi
        done
        [ -n "$found" ] || echo "$need"
    done
}

# Prints how to run a command with the rights to install packages; fails where there are none.
rights() {
    if [ "$(id -u)" = 0 ]; then echo "env"; return; fi
    command -v sudo >/dev/null 2>&1 || return 1
    if sudo -n true 2>/dev/null; then echo "sudo -n env"; return; fi
    if [ -t 0 ] && [ -t 2 ]; then echo "sudo env"; return; fi
    return 1
}

first_available() {
    for name in $(needs_of "$1"); do
        if apt-cache policy "$name" 2>/dev/null | grep -q 'Candidate: [^(]'; then echo "$name"; return; fi
    done
    needs_of "$1" | cut -d ' ' -f 1
}

install_packages() {
    with_rights=$(rights) || return 1
    log=$(mktemp)
    $with_rights DEBIAN_FRONTEND=noninteractive apt-get update -q >"$log" 2>&1 || true
    names=""
    for need in "$@"; do names="$names $(first_available "$need")"; done
    say "Installing system packages:$names"
    # All at once is quick; one at a time still gets the others where one cannot be had.
    # shellcheck disable=SC2086
    if ! $with_rights DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $names >"$log" 2>&1
    then
        for name in $names; do
            $with_rights DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$name" >"$log" 2>&1 \
                || say "  $name could not be installed: $(grep -m 1 '^E:' "$log" || tail -n 1 "$log")"
        done
    fi
    rm -f "$log"
}

what_it_is_for() {
    case $1 in
        tesseract-ocr) echo "reading the words of scans" ;;
        tesseract-ocr-*) echo "reading the words of scans in that language" ;;
        xvfb|xauth) echo "windows without a display: the tests and the demo's screenshot" ;;
        postgresql) echo "testing the store's tables on a server" ;;
        strace) echo "testing disks that fail, and power that goes" ;;
        bindfs) echo "testing projects on a network drive" ;;
        fonts-*) echo "showing text" ;;
        *) echo "opening a window" ;;
    esac
}

system_packages() {
    if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
        say "This is not Debian or Ubuntu, so no system packages are installed. Needed by hand: tesseract with English"
        say "and Korean, the libraries of Qt's xcb platform and EGL, fonts, Xvfb. 'proofdesk doctor' says what is missing."
        return
    fi
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086
    install_packages $missing || true
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    say "These system packages are missing; everything that does not need them works:"
    for need in $missing; do
        name=$(first_available "$need")
        say "  $name: for $(what_it_is_for "$name")"
    done
    say "To install them: sudo apt-get install $(for need in $missing; do printf '%s ' "$(first_available "$need")"; done)"
}

is_suitable() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1
}

suitable_python() {
    for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 && is_suitable "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

find_python() {
    if suitable_python; then return; fi
    for version in 3.13 3.12 3.11; do
        if apt-cache policy "python$version-venv" 2>/dev/null | grep -q 'Candidate: [^(]'; then
            install_packages "python$version" "python$version-venv" || break
            if suitable_python; then return; fi
        fi
    done
    say "Proofdesk needs Python 3.11, 3.12 or 3.13, and none was found."
    say "Install one (on Debian 12 or Ubuntu 24.04: sudo apt-get install python3 python3-venv), or name one:"
    say "  make $purpose PYTHON=/path/to/python3.12"
    return 1
}

make_environment() {
    if [ -x .venv/bin/python ] && is_suitable .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1
    then return; fi
    python=$(find_python) || exit 1
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    say "Making a virtual environment in .venv with $python (Python $version)"
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        install_packages "python$version-venv" || true
    fi
    rm -rf .venv
    if "$python" -m venv .venv >/dev/null 2>&1; then return; fi
    # Without the ensurepip package, a pip that the Python itself has can still fill the environment.
    rm -rf .venv
    if "$python" -m venv --without-pip .venv >/dev/null 2>&1 \
        && "$python" -m pip --python .venv/bin/python install -q pip >/dev/null 2>&1
    then return; fi
    rm -rf .venv
    say "The virtual environment cannot be made: the package python$version-venv is missing."
    say "Install it and start again: sudo apt-get install python$version-venv"
    exit 1
}

torch_wheel() {
    .venv/bin/python -m pip install --dry-run --no-deps --ignore-installed -q --report - torch==2.13.0 2>/dev/null \
        | .venv/bin/python -c '
import json, sys
print(json.load(sys.stdin)["install"][0]["download_info"]["url"].replace("%2B", "+"))' 2>/dev/null || true
}

say_sizes() {
    .venv/bin/python -c 'import importlib.metadata as m; m.version("torch")' >/dev/null 2>&1 && return
    case $(torch_wheel) in
        *+cpu*)
            say "The tests need torch: pip is offered the build without CUDA, about 0.2 GB to download, 0.8 GB on disk." ;;
        "")
            say "The tests need torch 2.13.0, which pip cannot find; see its message below." ;;
        *)
            say "The tests need torch: pip is offered the build with CUDA, about 3 GB to download and 7 GB on disk."
            say "For the build without CUDA (0.2 GB), stop here (Ctrl+C) and start again with"
            say "  PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu make test" ;;
    esac
    say "Free space here: $(df -h . | awk 'NR == 2 { print $4 }')"
}

python_packages() {
    stamp=.venv/proofdesk-$purpose.stamp
    want=$(cat pyproject.toml installer/bootstrap.sh | sha256sum | cut -d ' ' -f 1)
    [ "$(cat "$stamp" 2>/dev/null)" != "$want" ] || return 0
    # What the tests were given is all that running needs.
    [ "$(cat .venv/proofdesk-test.stamp 2>/dev/null)" != "$want" ] || return 0
    if [ "$purpose" = test ]; then say_sizes; fi
    say "Installing Python packages into .venv (the first time this takes some minutes)"
    if ! .venv/bin/python -m pip install -qq --disable-pip-version-check -e ".$extras"; then
        say "The Python packages could not be installed: the lines above are pip's own. Is there a network and disk space?"
        exit 1
    fi
    echo "$want" >"$stamp"
}

system_packages
make_environment
python_packages
