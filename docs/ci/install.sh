#!/bin/sh
# sh ci/accesscfg/install.sh FOLDER: puts accesscfg and sops into FOLDER/bin.
#
# Copy to ci/accesscfg/ of the repository that holds exchanges.yaml, beside requirements.txt and the wheel.
# Needs Python 3.11 to 3.14 and curl, on Linux.
set -eu

SOPS=3.13.3
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)

python3 -m venv "$1"
"$1/bin/python" -m pip install --quiet --require-hashes --requirement "$here/requirements.txt"
"$1/bin/python" -m pip install --quiet --no-deps "$here"/accesscfg-*.whl

case $(uname -m) in
    x86_64) arch=amd64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) echo "no sops release for $(uname -m)" >&2 && exit 1 ;;
esac
bin=$(cd "$1/bin" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
release=https://github.com/getsops/sops/releases/download/v$SOPS
curl -fsSL --remote-name-all "$release/sops-v$SOPS.linux.$arch" "$release/sops-v$SOPS.checksums.txt"
grep " sops-v$SOPS.linux.$arch\$" "sops-v$SOPS.checksums.txt" | sha256sum -c -
install -m 0755 "sops-v$SOPS.linux.$arch" "$bin/sops"
