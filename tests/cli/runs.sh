# The history commands on real data: runs, show, tag, rm, prune, export, verify.
. tests/lib.sh
s=$T/s.db
ak() { "$AKREPORT" "$@"; }

t_ok "two real runs go in" ak import --store "$s" --label goakt-v3 "$DATA"/goakt/goakt-v3/*
t_ok "the second" ak import --store "$s" --label goakt-v4 "$DATA"/goakt/goakt-v4/*
t_ok "runs lists them" ak runs --store "$s"
t_out "80 results, 8 benchmarks, 2 profiles" "$T/out" ' goakt-v3 .* 80 +8 +2  complete'
t_out "the other as well" "$T/out" ' goakt-v4 .* 80 +8 +2  complete'
t_ok "the same again" ak import --store "$s" --label goakt-v3 "$DATA"/goakt/goakt-v3/*
ak runs --store "$s" >"$T/two"
t_ok "is nothing new" [ "$(wc -l <"$T/two")" = 3 ]
t_ok "runs of one label" ak runs --store "$s" goakt-v4
t_ok "are fewer" [ "$(wc -l <"$T/out")" = 2 ]
t_ok "runs in JSON" ak runs --store "$s" --json
t_out "with their numbers" "$T/out" '"results": 80,'
t_exit 2 "an unknown label" ak runs --store "$s" nobody
t_out "names those that are there" "$T/err" 'labels there: goakt-v4, goakt-v3'

t_ok "show prints a run" ak show --store "$s" goakt-v3
t_out "its environment" "$T/out" '^goos +linux'
t_out "its benchmarks" "$T/out" '^ShutdownLatency_1000Actors-2 +ms/shutdown +10 '
t_out "its profiles" "$T/out" '^shutdown_cpu.prof +cpu '
t_ok "show in JSON" ak show --store "$s" --json goakt-v3
t_out "has every value" "$T/out" '7644078,'
t_ok "show by number" ak show --store "$s" '#2'
t_out "is the second run" "$T/out" '^label +goakt-v4'

t_ok "export writes text and profiles" ak export --store "$s" goakt-v3 --profiles "$T/p" --text "$T/x.txt"
t_same "the text is identical" "$T/x.txt" "$DATA/goakt/goakt-v3/shutdown.txt"
for p in cpu mem; do
    gzip -dc <"$DATA/goakt/goakt-v3/shutdown_$p.prof" >"$T/want"
    gzip -dc <"$T/p/shutdown_$p.prof" >"$T/got"
    t_same "the $p profile is identical" "$T/got" "$T/want"
done
t_ok "export to standard output" ak export --store "$s" goakt-v3 --text -
t_same "is the same" "$T/out" "$DATA/goakt/goakt-v3/shutdown.txt"
t_exit 2 "export of nothing" ak export --store "$s" goakt-v3
t_ok "what was exported can be imported" ak import --store "$T/again.db" --label goakt-v3 "$T/x.txt" "$T/p/shutdown_cpu.prof" "$T/p/shutdown_mem.prof"
t_ok "a store can be imported" ak import --store "$T/copy.db" "$s"
t_ok "twice" ak import --store "$T/copy.db" "$s"
ak runs --store "$T/copy.db" >"$T/copied"
t_same "and has the same runs" "$T/copied" "$T/two"
t_ok "each whole" ak verify --store "$T/copy.db"

t_ok "verify" ak verify --store "$s"
t_out "reads all back" "$T/out" '^2 runs and 4 profiles read back, all identical$'
t_ok "tag" ak tag --store "$s" goakt-v3 release
t_ok "runs shows tags" ak runs --store "$s"
t_out "there" "$T/out" 'complete  release$'
t_exit 2 "a bad tag" ak tag --store "$s" goakt-v3 'two words'
t_exit 2 "prune without a rule" ak prune --store "$s"
t_ok "a dry run of prune" ak prune --store "$s" --older-than 0h --dry-run
t_out "says what would go" "$T/out" '^would remove 2 goakt-v4'
t_ok "prune" ak prune --store "$s" --older-than 0h --compact
t_out "leaves the tagged run" "$T/out" '^1 runs removed$'
t_ok "all is whole after it" ak verify --store "$s"
t_out "with what is left" "$T/out" '^1 runs and 2 profiles'
t_ok "tags come off" ak tag --store "$s" -d goakt-v3 release
t_exit 2 "rm of nothing known" ak rm --store "$s" nobody
t_ok "rm" ak rm --store "$s" goakt-v3
t_ok "an empty history" ak runs --store "$s"
t_out "has a heading" "$T/out" '^id  label'
t_exit 2 "no run in it" ak show --store "$s" goakt-v3
t_out "says so" "$T/err" 'the store is empty'
t_done
