# Against the real google/pprof, when it is installed ($PPROF, or pprof on the path): the same output
# for every profile of tests/data and a sample of options, and the same exit status.
. tests/lib.sh

pprof=${PPROF:-$(command -v pprof || echo "${GOBIN:-$HOME/go/bin}/pprof")}
if ! [ -x "$pprof" ]; then
    t_skip "the same output as google/pprof" "go install github.com/google/pprof@latest gives it"
    t_done
    exit
fi
mkdir "$T/home"
export HOME="$T/home" PPROF_BINARY_PATH="$T/home" PPROF_TMPDIR="$T/home"

# Runs both with the same arguments; anything that differs is told.
both() {
    "$pprof" -symbolize=none "$@" >"$T/want" 2>/dev/null
    want=$?
    "$AKREPORT" pprof -compat -symbolize=none "$@" >"$T/got" 2>/dev/null
    got=$?
    [ "$((want != 0))" = "$((got != 0))" ] && cmp -s "$T/want" "$T/got" && return
    echo "$* (status $want, ours $got)"
    diff "$T/want" "$T/got" | head -n 6
    return 1
}
# All options of a list on one profile.
sweep() {
    failed=0
    while read -r options; do
        # shellcheck disable=SC2086 # options are words
        both $options "$1" || failed=1
    done <"$T/options"
    return $failed
}
cat >"$T/options" <<'LIST'
-top
-top -cum -lines
-top -focus=runtime -ignore=gc
-top -show_from=main|actor
-tree -nodecount=15
-peek=malloc|main
-traces
-raw
-dot -nodecount=30
-callgrind
-list=main
LIST
for profile in "$DATA"/pprof/profiles/* "$DATA"/goakt/*/*.prof; do
    if [ -f "$profile" ]; then
        t_ok "as google/pprof: ${profile#"$DATA/"}" sweep "$profile"
    fi
done
a=$DATA/pprof/profiles/json.cpu.pb.gz
b=$DATA/pprof/profiles/sortgzip.cpu.pb.gz
t_ok "as google/pprof: two profiles" both -raw "$a" "$b"
t_ok "as google/pprof: -diff_base" both -top -diff_base="$b" "$a"
t_ok "as google/pprof: -base" both -top -base="$b" "$a"
t_ok "as google/pprof: -normalize" both -traces -base="$b" -normalize "$a"
t_ok "as google/pprof: nothing left of a difference with itself" both -top -base="$a" "$a"
printf 'top3\ntop 2 runtime -main -cum\nfocus=runtime\ntop1\n:\nlist main.work\ndelay\ntree 3\n' >"$T/words"
t_ok "as google/pprof: the shell" sh -c '
    "$1" -symbolize=none "$3" <"$4" >"$5/want" 2>/dev/null
    "$2" pprof -compat -symbolize=none "$3" <"$4" >"$5/got" 2>/dev/null
    cmp "$5/want" "$5/got"' shell "$pprof" "$AKREPORT" "$a" "$T/words" "$T"
if command -v python3 >/dev/null; then
    t_ok "as google/pprof: 400 random profiles and options" \
        python3 tests/oracle/pprof_random.py -n 400 --seed 1000 "$pprof" "$AKREPORT pprof -compat"
    t_ok "as google/pprof: 200 random merges" \
        python3 tests/oracle/pprof_random.py --merge -n 200 --seed 1000 "$pprof" "$AKREPORT pprof -compat"
    t_ok "as google/pprof: 300 random profiles of before protobuf" \
        python3 tests/oracle/pprof_legacy.py -n 300 --seed 1000 "$pprof" "$AKREPORT pprof -compat"
    t_ok "as google/pprof: 300 random damaged profiles" \
        python3 tests/oracle/pprof_broken.py -n 300 --seed 1000 "$pprof" "$AKREPORT pprof -compat"
fi
t_done
