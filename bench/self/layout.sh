#!/bin/sh
# Call graphs of real profiles beside Graphviz: instructions (valgrind --tool=callgrind, the same on every
# run) of reading, layout and SVG together, crossings and sharp corners of the drawings. Graphviz gets the same graph,
# without its legend. Needs valgrind, graphviz and python3.
#   bench/self/layout.sh build/akreport PROFILE...
set -eu
ak=$1
shift
here=$(dirname "$0")
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null | sed -n 's/.*refs: *//p' | tr -d ,
}
ours=0 dots=0 our_x=0 dot_x=0 our_s=0 dot_s=0 graphs=0
printf '%-34s %6s %12s %12s %6s %9s %9s\n' profile edges 'ours, M' 'dot, M' ratio 'crossings' "dot's"
for p in "$@"; do
    "$ak" pprof -compat -dot -output "$T/g.dot" "$p" 2>/dev/null || continue
    sed -i '/^subgraph cluster_L/d' "$T/g.dot"
    edges=$(grep -c -- ' -> N' "$T/g.dot" || true)
    [ "$edges" -ge 25 ] || continue
    a=$(instructions "$ak" pprof -svg -output "$T/ours.svg" "$p")
    b=$(instructions dot -Tsvg -o "$T/dot.svg" "$T/g.dot")
    python3 "$here/crossings.py" "$T/ours.svg" "$T/dot.svg" >"$T/counts"
    x=$(sed -n '1s/^[^ ]* \([0-9]*\) .*/\1/p' "$T/counts")
    y=$(sed -n '2s/^[^ ]* \([0-9]*\) .*/\1/p' "$T/counts")
    our_s=$((our_s + $(sed -n '1s/.* //p' "$T/counts"))) dot_s=$((dot_s + $(sed -n '2s/.* //p' "$T/counts")))
    printf '%-34s %6d %12d %12d %6s %9d %9d\n' "$(basename "$p")" "$edges" $((a / 1000000)) $((b / 1000000)) \
        "$(awk "BEGIN {printf \"%.2f\", $a / $b}")" "$x" "$y"
    ours=$((ours + a)) dots=$((dots + b)) our_x=$((our_x + x)) dot_x=$((dot_x + y)) graphs=$((graphs + 1))
done
awk "BEGIN {printf \"%d graphs: instructions %.2f of dot, crossings %d / %d = %.2f, sharp corners %d / %d = %.2f\n\", $graphs, $ours / $dots, $our_x, $dot_x, $our_x / ($dot_x ? $dot_x : 1), $our_s, $dot_s, $our_s / ($dot_s ? $dot_s : 1)}"
