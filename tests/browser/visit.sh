# What a reader does with pages and servers, in headless Chromium by its debugging pipe (visit.py). With AXE
# naming axe.min.js of the npm package axe-core, its rules too.
. tests/lib.sh
ak=$AKREPORT
if ! (cd tests/browser && python3 -c 'import sys, chromium; sys.exit(not chromium.executable())') 2>/dev/null; then
    t_skip "visits in a browser" "chromium is not installed"
    t_done
    exit
fi
visit() { # what visit.py prints becomes results of this script
    python3 tests/browser/visit.py "$@" >"$T/visit" 2>"$T/visit.err" || echo "not ok visit.py $1: $(tail -n 1 "$T/visit.err")" >>"$T/visit"
    while read -r line; do
        case $line in
        ok\ *) t_ok "${line#ok }" true ;;
        *) t_ok "${line#not ok }" false ;;
        esac
    done <"$T/visit"
}
t_goakt
"$ak" dashboard --store "$T/h.db" -o "$T/dashboard.html" >/dev/null
"$ak" dashboard --store "$T/s.db" -o "$T/profiles.html" >/dev/null
"$ak" comment --store "$T/s.db" goakt-v3 goakt-v4 -o "$T/c" --html "$T/report.html" >/dev/null
visit dashboard "$T/dashboard.html"
visit profiles "$T/profiles.html"
t_listen "$T/url" "$ak" serve --store "$T/s.db" --listen 127.0.0.1:0
visit crawl "$(cat "$T/url")"
kill -TERM "$t_pid"
t_listen "$T/url" "$ak" pprof -http 127.0.0.1:0 -no_browser "$DATA/goakt/goakt-v3/shutdown_cpu.prof"
visit crawl "$(cat "$T/url")"
kill -TERM "$t_pid"
if [ -f "${AXE:-}" ]; then
    for page in dashboard profiles report; do
        visit axe "$AXE" "$T/$page.html"
    done
else
    t_skip "the rules of axe-core" "AXE does not name axe.min.js (npm install axe-core)"
fi
t_done
