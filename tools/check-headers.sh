#!/bin/sh
# Compiles every public header alone: a header that needs another one first is wrong.
set -eu
cd "$(dirname "$0")/.."
bad=0
for m in $(sed -n 's/^MODULES *:= *//p' Makefile); do
    paths="-I$m/include"
    for d in $(sed -n 's/^DEPS *:= *//p' "$m/module.mk"); do paths="$paths -I$d/include"; done
    for h in "$m"/include/"$m"/*.h; do
        [ -f "$h" ] || continue
        # paths holds several words
        # shellcheck disable=SC2086
        printf '#include "%s/%s"\n' "$m" "${h##*/}" |
            gcc -std=c17 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only $paths -xc - || bad=1
    done
done
exit $bad
