#!/bin/sh
# akreport trend and leaks over a history: the step at run 7, the leak from there on.
. tests/lib.sh
s=$T/h.db
i=0
for f in $DATA/goakt/history/run*.txt; do
    i=$((i + 1))
    "$AKREPORT" import --store "$s" --label nightly --commit "$(printf '%040d' $i)" "$f" >/dev/null
done
t_ok "the history has twelve runs" test $i = 12
t_ok "trend" "$AKREPORT" trend --store "$s" nightly
t_out "the step is at run 7" "$T/out" 'better: step .* at run 7 of 12 \(nightly, #7'
t_out "and bisect knows the commits" "$T/out" 'git bisect start 000000000000 000000000000'
t_out "the leak is named" "$T/out" 'leak: 1\.6[0-9] MB for every stop of 1,000 actors'
t_ok "trend of one unit" "$AKREPORT" trend --store "$s" --unit ms/shutdown --benchmark Latency
t_out "one series" "$T/out" '^1 of 1 series'
t_ok "trend as JSON" "$AKREPORT" trend --store "$s" --format json
t_out "JSON marks the change" "$T/out" '"change": ?"better"'
t_ok "the newest six have no step" "$AKREPORT" trend --store "$s" --last 6 --unit ms/shutdown
t_out "none of one" "$T/out" '^0 of 1 series'
t_exit 1 "leaks" "$AKREPORT" leaks --store "$s"
t_out "the first line counts" "$T/out" '^1 of 1 series leaks'
t_out "slope, first run, every run since" "$T/out" 'leak: 1\.6[0-9] MB for every stop of 1,000 actors .*first in run 7 of 12 .*in 6 of 6 runs since'
t_exit 3 "an unknown label has no series" "$AKREPORT" trend --store "$s" nobody
t_exit 3 "leaks of an unknown unit" "$AKREPORT" leaks --store "$s" --unit parsec
t_exit 2 "no history" "$AKREPORT" trend --store "$T/absent.db"
t_exit 2 "a bad expression" "$AKREPORT" leaks --store "$s" --benchmark '('
t_exit 2 "an unknown format" "$AKREPORT" trend --store "$s" --format csv

p=$T/p.db
"$AKREPORT" import --store "$p" --label goakt-v4 $DATA/goakt/goakt-v4/* >/dev/null
"$AKREPORT" import --store "$p" --label goakt-v3 $DATA/goakt/goakt-v3/* >/dev/null
t_exit 1 "a leak within one run" "$AKREPORT" leaks --store "$p" goakt-v4
t_out "with the functions that hold the memory" "$T/out" 'live in [0-9]+ samples +github.com/tochemey/goakt/v4/actor\.newPID'
t_ok "no leak in v3" "$AKREPORT" leaks --store "$p" goakt-v3

# The same history in another order of import, with times; and with gaps.
m=$T/mixed.db
g=$T/gaps.db
for i in 09 04 12 07 01 10 02 06 11 03 08 05; do
    "$AKREPORT" import --store "$m" --label n --commit "$(printf '%040d' $i)" --time "2026-01-${i}T00:00:00Z" \
        "$DATA"/goakt/history/run$i-*.txt >/dev/null
done
t_exit 1 "leaks, imported in another order" "$AKREPORT" leaks --store "$m"
t_out "the first run that leaks is that of the seventh day" "$T/out" 'first in run 7 of 12 \(n, #4, commit 0*7?.*in 6 of 6 runs since.*git bisect start 000000000000'
t_ok "trend, imported in another order" "$AKREPORT" trend --store "$m" --unit ms/shutdown
t_out "has the step there" "$T/out" 'better: step .* at run 7 of 12 \(n, #4'
for i in 01 02 03 04 05 06 07 08 09 10 11 12; do
    case $i in
    03 | 08) printf 'BenchmarkOther 1 5 ns/op\n' >"$T/other" && set -- "$T/other" ;;
    *) set -- "$DATA"/goakt/history/run$i-*.txt ;;
    esac
    "$AKREPORT" import --store "$g" --label n --time 2026-01-01T00:00:00Z --commit "$(printf '%040d' $i)" "$1" >/dev/null
done
t_exit 1 "leaks, with gaps and one time for all" "$AKREPORT" leaks --store "$g"
t_out "the first run of those that measured it" "$T/out" 'first in run 6 of 10 \(n, #7.*in 5 of 5 runs since; step .* at run 6 of 10'
t_ok "trend, with gaps" "$AKREPORT" trend --store "$g" --unit ms/shutdown
t_out "finds the step of so few runs" "$T/out" 'better: step .* at run 6 of 10 \(n, #7'
t_exit 2 "a time that is none" "$AKREPORT" import --store "$m" --label n --time yesterday "$T/other"
t_done
