#!/bin/sh
# The flame graph's page and SVG in a real browser: they run without an error and without a request.
. tests/lib.sh
chromium=$(command -v chromium || command -v chromium-browser || true)
if [ -z "$chromium" ]; then
    t_skip "flame graphs in a browser" "chromium is not installed"
    t_done
    exit
fi
browse() { # file, extra switches... : the page's document after its scripts on stdout, messages in $T/log
    file=$1
    shift
    timeout 60 "$chromium" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync --enable-logging=stderr \
        --user-data-dir="$T/profile" "$@" --dump-dom "$file" 2>"$T/log"
}
page=$T/flame.html
"$AKREPORT" pprof -flame -sample_index=alloc_space -diff_base "$DATA/goakt/goakt-v3/shutdown_mem.prof" \
    -output "$page" "$DATA/goakt/goakt-v4/shutdown_mem.prof" 2>"$T/err"
browse "file://$page" >"$T/dom"
t_out "the page names what it shows" "$T/dom" '<title>bench.test alloc_space: before and after'
t_out "what vanished can be asked for" "$T/dom" 'id="goneBox">'
t_ok "no script error" sh -c "! grep -E 'CONSOLE.*(Error|Uncaught|Refused)' '$T/log'"
t_ok "no request" sh -c "! grep -oE '(src|href)=\"https?:' '$page'"
browse "file://$page#s=regexp&i=1&v=1&g=1" >"$T/dom"
t_out "a search from the address tells its share" "$T/dom" 'matched [0-9.]+[kMG]?B \([0-9.]+%\)'
t_ok "no script error from the leaves" sh -c "! grep -E 'CONSOLE.*(Error|Uncaught|Refused)' '$T/log'"

"$AKREPORT" pprof -flame -output "$T/flame.svg" "$DATA/goakt/goakt-v3/shutdown_cpu.prof" 2>"$T/err"
browse "file://$T/flame.svg" >"$T/dom"
t_out "the SVG's script runs" "$T/dom" 'click a frame to zoom'
t_ok "no script error in the SVG" sh -c "! grep -E 'CONSOLE.*(Error|Uncaught|Refused)' '$T/log'"
"$AKREPORT" pprof -svg -output "$T/graph.svg" "$DATA/goakt/goakt-v3/shutdown_cpu.prof" 2>"$T/err"
browse "file://$T/graph.svg" >"$T/dom"
t_out "the call graph's script adds the search field" "$T/dom" 'placeholder="search'
t_ok "no script error in the call graph" sh -c "! grep -E 'CONSOLE.*(Error|Uncaught|Refused)' '$T/log'"
t_done
