#!/bin/sh
# Installs the Debian packages of tools/packages that are missing: as root or through sudo; else it
# prints the command and stops.
set -eu
cd "$(dirname "$0")"
command -v dpkg-query >/dev/null || {
    echo "deps: this is no Debian system; needed are the libraries named in tools/packages" >&2
    exit 2
}
missing=
for p in $(sed 's/#.*//; s/ .*//' packages); do
    case $(dpkg-query -W -f '${Status}' "$p" 2>/dev/null) in
    *"ok installed") ;;
    *) missing="$missing $p" ;;
    esac
done
[ -n "$missing" ] || exit 0
echo "deps: missing packages:$missing"
install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
    as=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as=sudo
else
    echo "deps: run this once, then again what you ran: sudo apt-get update && sudo $install" >&2
    exit 2
fi
export DEBIAN_FRONTEND=noninteractive
$as apt-get update -q >/dev/null
# The list is one word per package.
# shellcheck disable=SC2086
$as $install >/dev/null
echo "deps: installed"
