# Pages and dashboard: complete without any request, the same bytes every time.
. tests/lib.sh
ak=$AKREPORT
store=$T/h.db
t_goakt
t_ok "dashboard" "$ak" dashboard --store "$store" -o "$T/d.html"
t_ok "dashboard, again" "$ak" dashboard --store "$store" -o "$T/d2.html"
t_same "the dashboard is the same both times" "$T/d.html" "$T/d2.html"
t_out "the leak is the first row" "$T/d.html" '▲ leak</td><td class="name"><a href="#s0">GCAllocationsDuringShutdown_1000Actors</a></td><td class="unit">MB/heap</td>.*<td class="since">run 7</td>'
t_out "it is said since when" "$T/d.html" 'MB/heap</a>: leak: 1\.63 MB for every stop of 1,000 actors .*first in run 7 of 12'
t_out "improvements are named" "$T/d.html" '▼ better</td>.*bytes/alloc.*-98\.5%</td><td class="since">run 7</td>'
t_out "the newest run's leak is named" "$T/d.html" 'leak: \+1\.6[0-9]*MB per stop of 1,000 actors'
grep -o '[a-z]*://[^"<> ]*' "$T/d.html" | grep -v '^http://www.w3.org/2000/svg$' >"$T/links"
t_ok "the dashboard names no address" test ! -s "$T/links"
t_exit 2 "an empty label" "$ak" dashboard --store "$store" --label gone -o "$T/x.html"
t_exit 2 "no such store" "$ak" dashboard --store "$T/gone.db" -o "$T/x.html"
t_exit 2 "a folder that is not there" "$ak" dashboard --store "$store" -o "$T/no/such/x.html"

s=$T/s.db
"$ak" dashboard --store "$s" -o "$T/ds.html" >/dev/null
t_out "functions that hold the memory stand beside the leak" "$T/ds.html" '<td class="name"><code>github\.com/tochemey/goakt/v4/actor\.newPID</code></td><td class="n">18\.36MB</td>'
t_ok "once, since one profile covers all" test "$(grep -c 'actor\.newPID</code>' "$T/ds.html")" = 1
"$ak" comment --store "$s" goakt-v3 goakt-v4 -o "$T/c" --html "$T/p.html" >/dev/null
grep -o '[a-z]*://[^"<> ]*' "$T/p.html" | grep -v '^http://www.w3.org/2000/svg$' >"$T/links"
t_ok "the page of a comparison names no address" test ! -s "$T/links"
"$ak" compare --store "$s" goakt-v3 goakt-v4 --png "$T/png" >/dev/null
"$ak" check --store "$s" goakt-v4 --png "$T/png" >/dev/null
for f in compare compare_abs criteria leak; do
    t_ok "$f.png is there and at most 60 kB" test "$(wc -c <"$T/png/$f.png")" -le 60000
done
"$ak" compare --store "$s" goakt-v3 goakt-v4 --png "$T/png2" >/dev/null
t_same "compare.png is byte-identical on a second run" "$T/png/compare.png" "$T/png2/compare.png"
t_same "compare_abs.png is byte-identical on a second run" "$T/png/compare_abs.png" "$T/png2/compare_abs.png"
t_done
