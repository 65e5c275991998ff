# What other programs read: JUnit by the elements and attributes of Jenkins' schema (junit-10.xsd), OpenMetrics
# by the parser of prometheus_client where it is installed (pip install prometheus_client).
. tests/lib.sh
ak=$AKREPORT
t_goakt
# Names that attack XML and labels.
for n in 1 2; do
    for i in 1 2 3 4 5 6; do
        printf 'BenchmarkA<b>&"x"=\\n 1000 %d00.%d ns/op\nBenchmarkOnly%d 10 1 ns/op\n' $n $i $n
    done >"$T/odd$n.txt"
done
"$ak" compare --store "$T/s.db" goakt-v3 goakt-v4 --junit "$T/compare.xml" >/dev/null
"$ak" check --store "$T/s.db" goakt-v4 --junit "$T/check.xml" >/dev/null
"$ak" compare "$T/odd1.txt" "$T/odd2.txt" --junit "$T/odd.xml" >/dev/null 2>&1
for name in compare check odd; do
    t_ok "JUnit of $name is as readers expect it" python3 tests/oracle/exports_check.py junit "$T/$name.xml"
done
"$ak" comment --store "$T/s.db" goakt-v3 goakt-v4 -o "$T/c" >/dev/null
"$ak" comment "$T/odd1.txt" "$T/odd2.txt" -o "$T/odd" >/dev/null 2>&1
if python3 -c 'import prometheus_client' 2>/dev/null; then
    t_ok "OpenMetrics is read by prometheus_client" python3 tests/oracle/exports_check.py metrics "$T/c/metrics.txt" 152
    t_ok "with odd names too" python3 tests/oracle/exports_check.py metrics "$T/odd/metrics.txt" 10
else
    t_skip "OpenMetrics" "prometheus_client is not installed"
fi
t_done
