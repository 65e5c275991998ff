#!/bin/sh
# Holds the folders against the law of layers. Include paths already forbid most upward includes; this
# finds the rest: "../" in an include, and symbols that a module takes from one that is no dependency
# of its own (a hand-written declaration would link). Argument: the folder of the archives.
set -eu
out=$1
cd "$(dirname "$0")/.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
modules=$(sed -n 's/^MODULES *:= *//p' Makefile)
bad=0
if grep -rnE '^#include "\.\./' --include='*.[ch]' $modules; then
    echo "include of a parent folder"
    bad=1
fi
for m in $modules; do
    # The runtime replaces malloc's family: those names belong to the C library.
    nm -g --defined-only "$out/lib$m.a" 2>/dev/null | awk 'NF == 3 {print $3}' |
        grep -vE '^((re|c|m|aligned_|p?v)alloc|free|cfree|posix_memalign|memalign|reallocarray|malloc_usable_size|pthread_.*)$' |
        LC_ALL=C sort -u >"$tmp/$m.def" || true
    nm -u "$out/lib$m.a" 2>/dev/null | awk 'NF == 2 {print $2}' | LC_ALL=C sort -u >"$tmp/$m.use"
done
for m in $modules; do
    deps=$(sed -n 's/^DEPS *:= *//p' "$m/module.mk")
    LC_ALL=C comm -23 "$tmp/$m.use" "$tmp/$m.def" >"$tmp/need"
    for d in $deps; do
        LC_ALL=C comm -23 "$tmp/need" "$tmp/$d.def" >"$tmp/left" && mv "$tmp/left" "$tmp/need"
    done
    for other in $modules; do
        case " $m $deps " in *" $other "*) continue ;; esac
        for s in $(LC_ALL=C comm -12 "$tmp/need" "$tmp/$other.def"); do
            echo "$m uses $s of $other, which is not among its DEPS"
            bad=1
        done
    done
    # Every global symbol of a library starts with ak_ or with the name of its module; programs are free.
    case $m in cli | bench) continue ;; esac
    for s in $(grep -vE "^(ak_|_?${m}_|__wrap_|__real_)" "$tmp/$m.def" || true); do
        echo "$m defines $s: not ak_... and not ${m}_..."
        bad=1
    done
done
exit $bad
