# Functions for test scripts (tests/{cli,golden,oracle,fault,browser}/*.sh). A script prints TAP lines:
#   t_ok "what holds" command...        passes when the command exits 0
#   t_exit CODE "what holds" command... passes when it exits CODE
#   t_out "what holds" FILE PATTERN     passes when a line of FILE matches the extended pattern
#   t_same "what holds" FILE FILE       passes when two files are equal
#   t_skip "what" "why"                 counts as skipped
#   t_goakt                             fills $T/s.db and $T/h.db
#   t_listen FILE command...            starts a server, waits for its address in FILE
#   t_done                              last line of a script
# Scripts run from the root of the repository with AKREPORT, AKBENCH (programs), DATA (tests/data) and
# an own empty folder T that is removed afterwards.
t_n=0
t_failed=0
t__say() { # result description
    t_n=$((t_n + 1))
    echo "$1 $t_n - $2"
}
t__fail() {
    t_failed=$((t_failed + 1))
    t__say "not ok" "$1"
}
# The commands are often functions of the script: only names with t__ are ours to set.
t_exit() {
    t__want=$1 t__what=$2
    shift 2
    # The command may look at what the last one wrote.
    "$@" >"$T/out.new" 2>"$T/err.new"
    t__got=$?
    mv "$T/out.new" "$T/out" && mv "$T/err.new" "$T/err"
    if [ "$t__got" = "$t__want" ]; then
        t__say ok "$t__what"
    else
        t__fail "$t__what"
        echo "# exit $t__got, wanted $t__want: $*"
        head -n 12 "$T/out" "$T/err" | sed 's/^/# /'
    fi
}
t_ok() { t_exit 0 "$@"; }
t_out() {
    if grep -Eq -- "$3" "$2"; then t__say ok "$1"; else
        t__fail "$1"
        echo "# no line matches: $3"
        head -n 20 "$2" | sed 's/^/# /'
    fi
}
t_same() {
    if cmp -s "$2" "$3"; then t__say ok "$1"; else
        t__fail "$1"
        diff "$2" "$3" | head -n 12 | sed 's/^/# /'
    fi
}
t_skip() { t__say ok "$1 # SKIP $2"; }
t_goakt() { # GoAkt's runs: v3 and v4 in $T/s.db, its history of twelve in $T/h.db
    for t_v in v3 v4; do
        "$AKREPORT" import --store "$T/s.db" --label goakt-$t_v "$DATA"/goakt/goakt-$t_v/* >/dev/null
    done
    for t_f in "$DATA"/goakt/history/run*.txt; do
        "$AKREPORT" import --store "$T/h.db" --label main "$t_f" >/dev/null
    done
}
t_listen() { # FILE command...: a server in the background; FILE gets its address, t_pid its process
    t_url=$1
    shift
    : >"$t_url"
    "$@" >"$t_url" 2>"$t_url.err" &
    t_pid=$!
    t_i=0
    while [ ! -s "$t_url" ] && [ $t_i -lt 100 ]; do
        sleep 0.1
        t_i=$((t_i + 1))
    done
}
t_done() {
    echo "1..$t_n"
    [ "$t_failed" = 0 ]
}
