#!/bin/sh
# Proves `make demo` and `make test` in a new Debian bookworm root below the build folder: nothing of
# this machine's packages, a clone of what is committed. Needs root and debootstrap. The mirror is the
# one that this machine's apt uses. Argument: the build folder.
set -eu
cd "$(dirname "$0")/.."
B=$1
root=$(pwd)/$B/fresh
[ "$(id -u)" = 0 ] || {
    echo "fresh: needs root (chroot)" >&2
    exit 2
}
command -v debootstrap >/dev/null || {
    echo "fresh: needs debootstrap: apt-get install debootstrap" >&2
    exit 2
}
mirror=$(apt-cache policy base-files | sed -n 's/^ *[0-9]* \(https\{0,1\}:[^ ]*\) bookworm\/main.*/\1/p' | head -n 1)
[ -n "$mirror" ] || {
    echo "fresh: no bookworm mirror in this machine's apt configuration" >&2
    exit 2
}
umount_all() { for m in proc dev; do umount "$root/$m" 2>/dev/null || true; done; }
trap umount_all EXIT INT TERM
umount_all
rm -rf "$root"
mkdir -p "$root"
echo "fresh: a new bookworm root in $B/fresh"
# This machine's way to its mirror (proxy, certificates) comes along; packages do not.
debootstrap --variant=minbase --include=git,make,ca-certificates bookworm "$root" "$mirror" >"$B/fresh.log" 2>&1 || {
    tail -n 5 "$B/fresh.log" >&2
    exit 2
}
cp -rL /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
for f in /etc/resolv.conf /etc/hosts; do cp -L $f "$root$f" 2>/dev/null || true; done
cp -rL /etc/ssl/certs/. "$root/etc/ssl/certs/" 2>/dev/null || true
rm -rf "$root/etc/apt/sources.list.d"
cp -r /etc/apt/sources.list /etc/apt/sources.list.d "$root/etc/apt/" 2>/dev/null || true
mount --bind /proc "$root/proc" 2>/dev/null || mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
git clone -q . "$root/akreport"
for target in demo test; do
    echo "fresh: make $target"
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 CI=true \
        ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
        sh -c "cd /akreport && make $target" >"$B/fresh-$target.log" 2>&1 || {
        tail -n 40 "$B/fresh-$target.log"
        echo "fresh: make $target failed; the whole output is in $B/fresh-$target.log" >&2
        exit 1
    }
    tail -n 3 "$B/fresh-$target.log"
done
echo "fresh: both commands work from nothing"
