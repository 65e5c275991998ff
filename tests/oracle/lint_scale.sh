# Ten times the input costs each reader of the static half about ten times the instructions, counted
# by callgrind: none of them searches inside of a loop, on inputs that are made to provoke it.
. tests/lib.sh

if ! command -v valgrind >/dev/null || ! command -v python3 >/dev/null; then
    t_skip "cost over sizes of the static half" "no valgrind, or no python3"
    t_done
    exit
fi
small=${SMALL:-400}
python3 tests/oracle/lint_scale.py "$T/small" "$small"
python3 tests/oracle/lint_scale.py "$T/large" "$((small * 10))"
profile=$PWD/$DATA/static/shutdown_mem.prof

instructions() { # FOLDER SHAPE
    case $2 in
    bench/*) set -- lint bench "$1/$2" ;;
    go/*) set -- lint go --diagnostics "$1/$2/diagnostics" --source "$1/$2/source" "$profile" ;;
    c/*) set -- lint c "$1/$2" ;;
    *) set -- lint results "$1/$2" "$profile" ;;
    esac
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$AKREPORT" "$@" 2>&1 >/dev/null |
        sed -n 's/.*Collected *: *//p'
}
linear() { # SHAPE
    few=$(instructions "$T/small" "$1")
    many=$(instructions "$T/large" "$1")
    echo "# $1: $few and $many instructions"
    [ "$few" -gt 0 ] && [ "$many" -le "$((few * 12))" ]
}
for shape in $(cd "$T/large" && ls -d bench/* go/* c/* results/*); do
    t_ok "$shape" linear "$shape"
done
t_done
