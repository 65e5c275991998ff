# Reading, merging and writing against the real google/pprof, when it is installed ($PPROF, or pprof on
# the path): the inflated output of -proto is the same, byte for byte, but for the default sample type.
. tests/lib.sh

pprof=${PPROF:-$(command -v pprof || echo "${GOBIN:-$HOME/go/bin}/pprof")}
if ! [ -x "$pprof" ] || ! command -v python3 >/dev/null; then
    t_skip "-proto gives the bytes of google/pprof" "go install github.com/google/pprof@latest gives it; python3"
    t_done
    exit
fi
mkdir "$T/home"
export HOME="$T/home" PPROF_BINARY_PATH="$T/home" PPROF_TMPDIR="$T/home"

plain() { gzip -dc "$1" | python3 tests/oracle/without_default_type.py >"$1.pb"; }
# The same profile, or refused by both.
same_proto() {
    rm -f "$T/theirs" "$T/ours"
    "$pprof" -symbolize=none -proto -output "$T/theirs" "$@" >/dev/null 2>&1
    theirs=$?
    "$AKREPORT" pprof -compat -symbolize=none -proto -output "$T/ours" "$@" >/dev/null 2>&1
    ours=$?
    [ "$((theirs != 0))" = "$((ours != 0))" ] || return 1
    [ "$theirs" != 0 ] || { plain "$T/theirs" && plain "$T/ours" && cmp "$T/theirs.pb" "$T/ours.pb"; }
}
each() {
    failed=0
    for f in "$@"; do
        case $f in *.pb) continue ;; esac
        same_proto "$f" || { echo "$f" && failed=1; }
    done
    return $failed
}
D=$DATA
t_ok "each profile of Go" each "$D"/profiles/go-* "$D"/profiles/std-*-000*
t_ok "each legacy profile, and the damaged ones" each "$D"/legacy/[cghjt]? "$D"/legacy/J64l "$D"/legacy/p32b
t_ok "forty profiles merged" same_proto "$D"/profiles/goakt-*
t_ok "profiles of several programs merged" same_proto "$D"/profiles/std-*
t_ok "-base" same_proto -base "$D/profiles/std-fmt-000.cpu.pb.gz" "$D/profiles/std-sort-002.cpu.pb.gz"
t_ok "-diff_base" same_proto -diff_base "$D/merge/u2.pb" "$D/merge/u1.pb"
t_ok "-normalize" same_proto -normalize -base "$D/merge/r1.pb" "$D/merge/r2.pb" "$D/merge/r3.pb"
t_ok "types that do not fit are refused" same_proto "$D/merge/u1.pb" "$D/merge/u5.pb"
t_done
