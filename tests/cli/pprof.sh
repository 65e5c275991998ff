# akreport pprof: what people type, exit codes, and messages that name the reason.
. tests/lib.sh

p=$DATA/pprof/profiles
cpu=$p/json.cpu.pb.gz
other=$p/sortgzip.cpu.pb.gz
ak="$AKREPORT pprof -symbolize=none"
run() { # stdout to $T/out, stderr to $T/err
    # shellcheck disable=SC2086
    $ak "$@"
}

t_exit 2 "no source is wrong use" run -top
t_out "and says so" "$T/err" "no profile source specified"
t_exit 2 "two formats are wrong use" run -top -tree "$cpu"
t_exit 2 "an unknown flag is wrong use" run -nosuch "$cpu"
t_out "and is named" "$T/err" "not defined: -nosuch"
t_exit 2 "a missing file is unreadable" run -top "$T/missing"
t_out "and is named" "$T/err" "missing: .*[Nn]o such file"
t_exit 2 "a folder is no profile" run -top "$T"
t_exit 2 "a bad expression is refused" run -top -focus='[' "$cpu"
t_out "in the reference's words" "$T/err" 'parsing focus regexp: error parsing regexp: missing closing \]'
t_exit 2 "lookahead is refused" run -top -hide='(?=x)' "$cpu"
t_exit 2 "a catastrophic expression is given up" run -top -focus='^(\w|\w\w|.)+$$$[^\x00-\x{10ffff}]' "$cpu"
t_exit 2 "an unknown sample type is refused" run -top -sample_index=nosuch "$cpu"
t_out "with the types there are" "$T/err" "must be one of: \[samples cpu\]"
t_exit 2 "both kinds of base are wrong use" run -top -base="$other" -diff_base="$other" "$cpu"
t_exit 2 "a zero divisor is refused" run -top -divide_by=0 "$cpu"
t_exit 2 "nothing to peek at" run -peek=nosuchfunction "$cpu"
t_ok "help is no failure" run -help
t_out "and lists formats" "$T/out" "^ +-traces "
t_ok "flags may follow the source, with two dashes" run "$cpu" --top --nodecount=2
t_out "and count" "$T/out" "Showing top 2 nodes out of"
t_ok "one unreadable source of two is skipped" run -top "$T/missing" "$cpu"
t_out "and told" "$T/err" "Fetched 1 source profiles out of 2"
cat "$cpu" >"$T/in"
t_ok "standard input is a source" sh -c "$ak -top - <'$T/in'"

# What is right here and not in the reference.
t_ok "source that is not at hand is no end" run -list='PID..UnWatch$' "$DATA/goakt/goakt-v3/shutdown_cpu.prof"
t_out "its lines have their values" "$T/out" "^ +\\. +2\\.05s +1251$"
t_ok "a difference has signs" run -top -diff_base="$other" "$cpu"
t_out "in its percentages" "$T/out" " -[0-9.]+% "
t_ok "compat has none" run -compat -top -diff_base="$other" "$cpu"
if grep -Eq ' -[0-9.]+%' "$T/out"; then t_out "in its percentages" /dev/null x; else t_ok "in its percentages" true; fi
t_ok "files are listed once" run -top -files "$p/std_json.cpu.pb.gz"
awk '/flat%/{on=1;next} on{print $6}' "$T/out" | sort | uniq -d >"$T/twice"
t_same "no file twice" "$T/twice" /dev/null
t_ok "before and after" run -compare -diff_base="$other" "$cpu"
t_out "with the change" "$T/out" "^ +[0-9]+ms +[0-9]+ms +[-+][0-9]+ms +[-+][0-9.]+% .* runtime.asyncPreempt"
t_exit 2 "compare needs two profiles" run -compare "$cpu"
t_ok "json" run -top -json "$cpu"
t_out "has numbers" "$T/out" '"cum_share": 0\.[0-9]+'
t_ok "json of a difference" run -compare -json -diff_base="$other" "$cpu"
t_ok "markdown" run -peek='mallocgc$' -markdown "$cpu"
t_out "is a table" "$T/out" '^\| \*\*cum\*\* \| .* `runtime.mallocgc` \|'
t_exit 2 "traces have no markdown" run -traces -markdown "$cpu"
t_ok "heap deltas keep what is in use" run -raw -heap_delta -base="$p/json.heap.pb.gz" "$p/json.heap.pb.gz"
cp "$T/out" "$T/delta"
awk '/^Locations/{exit} /^ +-?[0-9]+ +-?[0-9]+ +-?[0-9]+ +-?[0-9]+:/{a+=$1+$2; sub(":","",$4); u+=$4} END{exit !(a==0 && u>0)}' "$T/delta"
t_ok "and subtract what was allocated" test $? = 0

# Output files and a link called pprof.
t_ok "a report goes to a file" run -top -output="$T/top.txt" "$cpu"
t_out "whole" "$T/top.txt" "^ +flat +flat%"
t_ok "a profile goes to a file" run -proto -output="$T/copy.pb.gz" "$cpu"
run -raw "$cpu" >"$T/one" && run -raw "$T/copy.pb.gz" >"$T/two"
t_same "and is the same profile" "$T/one" "$T/two"
ln -s "$(cd "$(dirname "$AKREPORT")" && pwd)/$(basename "$AKREPORT")" "$T/pprof"
t_ok "a link called pprof is compatible" "$T/pprof" -top -base="$other" "$cpu"
t_out "as the reference writes it" "$T/out" "Dropped .* \(cum <= "

# Names that steer terminals.
python3 - "$T/evil.pb" <<'PY' 2>/dev/null
import sys
def v(n):
    o=b""
    while n>127: o+=bytes([n&127|128]); n>>=7
    return o+bytes([n])
f=lambda n,b: v(n<<3|2)+v(len(b))+b
i=lambda n,x: v(n<<3)+v(x)
s=[b"",b"cpu",b"nanoseconds",b"bad\x1b]0;x\x07name",b"a\nb.c",b"key\x1b[2J",b"va\x9blue"]
p=f(1,i(1,1)+i(2,2))+f(2,f(1,v(1))+f(2,v(5))+f(3,i(1,5)+i(2,6)))+f(4,i(1,1)+f(4,i(1,1)+i(2,3)))
p+=f(5,i(1,1)+i(2,3)+i(3,3)+i(4,4))
for x in s: p+=f(6,x)
open(sys.argv[1],"wb").write(p)
PY
if [ -s "$T/evil.pb" ]; then
    for report in -top -tree -traces -tags -raw -dot -callgrind -peek=. -list=. "-top -json" "-top -markdown"; do
        # shellcheck disable=SC2086
        t_ok "a hostile name in $report" run $report -lines "$T/evil.pb"
        t_ok "is harmless there" sh -c "! LC_ALL=C grep -q '[[:cntrl:]]' '$T/out' || ! tr -d '\t\n' <'$T/out' | LC_ALL=C grep -q '[[:cntrl:]]'"
    done
else
    t_skip "hostile names" "python3 is not installed"
fi
t_done
