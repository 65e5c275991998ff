# akreport record: a command's results, profiles and environment.
. tests/lib.sh
db=$T/s.db
export AKREPORT_STORE="$db"
work=$T/work
mkdir "$work"
root=$PWD
cat >"$work/bench.sh" <<'X'
#!/bin/sh
echo "pkg: p"
printf 'BenchmarkA-2 \t\nlog\n       1\t   %s ns/op\n' "${1:-5}"
echo "to stderr" >&2
X
chmod +x "$work/bench.sh"

t_ok "a command is recorded" "$AKREPORT" record --label a --dir "$work" -- ./bench.sh
t_out "its output is shown" "$T/out" '^       1	   5 ns/op$'
t_out "its errors too" "$T/err" '^to stderr$'
t_out "and what was stored" "$T/err" '^akreport record: a: 1 result of 1 benchmark \(1 rejoined\), run 1$'
t_exit 1 "no progress line without a terminal" grep -q 'recording' "$T/err"
t_exit 3 "a command that fails" "$AKREPORT" record --label f -- sh -c "$work/bench.sh; exit 7"
t_out "is stored all the same" "$T/err" '^akreport record: f: 1 result of 1 benchmark'
t_exit 7 "--forward-exit" "$AKREPORT" record --label g --forward-exit -- sh -c "$work/bench.sh; exit 7"
t_exit 3 "a command that measures nothing" "$AKREPORT" record --label n -- true
t_exit 2 "a command that is not there" "$AKREPORT" record --label n -- ./nowhere
t_exit 2 "no command" "$AKREPORT" record --label n
t_exit 2 "a store that cannot be opened" "$AKREPORT" record --store "$T/no/s.db" -- touch "$T/ran"
t_exit 1 "is found before the command runs" test -e "$T/ran"
t_ok "profiles are picked up" "$AKREPORT" record --label p --dir "$work" -- sh -c \
    "mkdir -p sub; cp '$root/$DATA/goakt/goakt-v3/shutdown_mem.prof' sub/; ./bench.sh"
t_out "and counted" "$T/err" 'p: 1 result of 1 benchmark \(1 rejoined\), 1 profile'
t_ok "a variable that nobody reads" env GOAKT_PROFILE_SHUTDOWN=1 "$AKREPORT" record --label v -- "$work/bench.sh"
t_out "is explained" "$T/err" 'GOAKT_PROFILE_SHUTDOWN has no effect in this program'
t_exit 2 "profiles for an unknown command" "$AKREPORT" record --profiles -- "$work/bench.sh"
t_ok "two commands in turn" "$AKREPORT" record --interleave --count 5 --confirm 2 --wait 0 \
    old="$work/bench.sh 100" new="$work/bench.sh 150"
t_out "are compared" "$T/err" '^akreport record: 1 row, 1 looked different and were measured again$'
t_ok "compare knows that they were in turn" sh -c "'$AKREPORT' compare old new | grep -q 'measured in turn: what disturbs'"
cat >"$work/json.sh" <<'X'
#!/bin/sh
printf '{"results":[{"command":"c","mean":%s,"times":[%s],"exit_codes":[0]}]}\n' "$1" "$1"
X
chmod +x "$work/json.sh"
t_ok "commands that print a document each" "$AKREPORT" record --interleave --count 4 --confirm 0 --wait 0 \
    j1="$work/json.sh 0.100" j2="$work/json.sh 0.150"
t_out "all of them are read" "$T/err" '^akreport record: j1: 4 results of 1 benchmark'
t_ok "one after the other too" "$AKREPORT" record --count 3 --label j3 -- "$work/json.sh" 0.1
t_out "with each value" "$T/err" '^akreport record: j3: 3 results of 1 benchmark'
cat >"$work/slow.sh" <<'X'
#!/bin/sh
echo run >>"$2"
[ "$(wc -l <"$2")" -lt 14 ] || kill -INT $PPID
sleep 0.05
echo "BenchmarkA-2 1 $1.$(wc -l <"$2") ns/op"
X
chmod +x "$work/slow.sh"
t_exit 3 "an interruption while suspects are confirmed" sh -c "'$AKREPORT' record --interleave --count 5 --confirm 5 --wait 0 \
    k1='exec $work/slow.sh 100 $T/k' k2='exec $work/slow.sh 150 $T/k' >/dev/null"
t_out "is said" "$T/err" 'broken off; what was measured is stored'
t_exit 1 "the screening decides then" "$AKREPORT" compare k1 k2
t_out "with all its values" "$T/out" 'worse +A +ns/op .* 5$'
t_exit 2 "an interleaving of one" "$AKREPORT" record --interleave old=true
t_exit 3 "an interleaving that fails" "$AKREPORT" record --interleave --wait 0 old=true new=false

if command -v git >/dev/null; then
    (cd "$work" && git init -q . && git -c user.name=n -c user.email=e commit -q --allow-empty -m m)
    t_ok "in a checkout" "$AKREPORT" record --dir "$work" -- ./bench.sh
    commit=$(git -C "$work" rev-parse HEAD)
    t_ok "the commit is kept" "$AKREPORT" show "commit:$commit"
else
    t_skip "in a checkout" "no git"
fi

if command -v go >/dev/null; then
    mkdir -p "$work/m/a" "$work/m/b"
    printf 'module example.com/m\ngo 1.19\n' >"$work/m/go.mod"
    for p in a b; do
        printf 'package %s\nimport "testing"\nfunc Benchmark%s(b *testing.B) { for i := 0; i < b.N; i++ { _ = make([]byte, i) } }\n' \
            $p $p | sed "s/Benchmark$p/BenchmarkX$p/" >"$work/m/$p/x_test.go"
    done
    t_ok "go test with profiles, package by package" "$AKREPORT" record --label go --dir "$work/m" --profiles -- \
        go test '-run=^$' -bench=. -benchtime=10x ./...
    t_out "has two profiles of each" "$T/err" 'go: 2 results of 2 benchmarks, 4 profiles'
    t_exit 1 "and leaves nothing behind" sh -c "ls '$work/m' | grep -E 'test|prof'"
    t_exit 3 "go test without a matching benchmark" "$AKREPORT" record --dir "$work/m" -- go test -bench=Nope ./a
    t_out "is explained" "$T/err" 'no benchmark matched -bench=Nope'
else
    t_skip "go test with profiles" "no Go"
fi

# What the environment told the command.
echo 'echo "BenchmarkX 1 5 ns/op"' >"$work/variables.sh"
t_ok "variables that change costs" env -u GOFLAGS GOGC=50 GODEBUG=gctrace=0 SECRET=x \
    "$AKREPORT" record --label gc50 -- sh "$work/variables.sh"
t_ok "and without them" env -u GOFLAGS -u GOGC -u GODEBUG "$AKREPORT" record --label plain -- sh "$work/variables.sh"
"$AKREPORT" compare gc50 plain >"$T/variables" 2>&1
t_out "are told when runs are compared" "$T/variables" 'variables: GODEBUG=gctrace=0 GOGC=50 -> none'
t_done
