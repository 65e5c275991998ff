#!/bin/sh
# Generated inputs: the same CSV and the same warnings as the real benchstat.
. tests/lib.sh
bs=$(command -v benchstat || true)
[ -n "$bs" ] || [ ! -x "${GOBIN:-/nonexistent}/benchstat" ] || bs=$GOBIN/benchstat
if [ -z "$bs" ] || ! command -v python3 >/dev/null; then
    t_skip "generated inputs give benchstat's CSV" "benchstat or python3 is not installed"
else
    t_ok "generated inputs give benchstat's CSV" python3 tests/oracle/benchstat_gen.py "$bs" "$AKREPORT" "$T" 60
fi
t_done
