#!/bin/sh
# Call graphs and flame graphs of real profiles: structure, determinism, and that no edge enters a foreign
# box or label.
. tests/lib.sh

i=0
for p in "$DATA"/goakt/goakt-v*/shutdown_*.prof; do
    i=$((i + 1))
    "$AKREPORT" pprof -svg -output "$T/g$i.svg" "$p" 2>"$T/err" || t_ok "svg of $p" false
    "$AKREPORT" pprof -svg -nodefraction=0 -edgefraction=0 -nodecount=150 -output "$T/w$i.svg" "$p" 2>"$T/err" ||
        t_ok "wide svg of $p" false
done
t_ok "no edge of a call graph enters a foreign box or label" python3 tests/golden/check_drawing.py "$T"/g*.svg "$T"/w*.svg

cpu=$DATA/goakt/goakt-v3/shutdown_cpu.prof
before=$DATA/goakt/goakt-v3/shutdown_mem.prof
after=$DATA/goakt/goakt-v4/shutdown_mem.prof
"$AKREPORT" pprof -svg -output "$T/again.svg" "$cpu" 2>/dev/null
"$AKREPORT" pprof -svg -output "$T/first.svg" "$cpu" 2>/dev/null
t_same "the same graph is the same bytes twice" "$T/first.svg" "$T/again.svg"
t_ok "a call graph as PNG" "$AKREPORT" pprof -png -output "$T/g.png" "$cpu"
t_ok "the PNG is one" sh -c "head -c 8 '$T/g.png' | od -An -tx1 | grep -q '89 50 4e 47'"
t_ok "a difference as a graph" "$AKREPORT" pprof -svg -diff_base "$before" -output "$T/diff.svg" "$after"
for kind in svg png html; do
    t_ok "a flame graph as $kind" "$AKREPORT" pprof -flame -output "$T/f.$kind" "$cpu"
    "$AKREPORT" pprof -flame -output "$T/f2.$kind" "$cpu" 2>/dev/null
    t_same "the same flame $kind twice" "$T/f.$kind" "$T/f2.$kind"
done
t_out "frames carry their names and shares" "$T/f.svg" 'runtime.mallocgc \([0-9.]+m?s, [0-9.]+%\)'
t_ok "a differential flame graph" "$AKREPORT" pprof -flame -sample_index=alloc_space -diff_base "$before" -output "$T/fd.svg" "$after"
t_out "its title says what the colours mean" "$T/fd.svg" 'orange is more'
t_ok "from the leaves, root on top" "$AKREPORT" pprof -flame -inverted -icicle -output "$T/fi.svg" "$cpu"
t_ok "names cannot break out of the page" sh -c "'$AKREPORT' pprof -flame -output '$T/h.html' tests/data/hostile/inputs/i10_printf_format.pb && ! grep -q '<script>alert' '$T/h.html'"
t_done
