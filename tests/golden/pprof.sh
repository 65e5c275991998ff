# The recorded answers of google/pprof (tests/data/pprof/expected): every report, byte for byte.
. tests/lib.sh

if ! command -v python3 >/dev/null; then
    t_skip "recorded answers of google/pprof" "python3 is not installed"
    t_done
    exit
fi
t_ok "recorded answers of google/pprof are given byte for byte" \
    python3 tests/oracle/pprof_cases.py -v "$AKREPORT pprof -compat"
t_done
