#!/bin/sh
# Statistics against scipy, where it is installed.
. tests/lib.sh
py=
for p in python3 "${AK_SCIPY_PYTHON:-python3}"; do
    if "$p" -c 'import scipy.stats' 2>/dev/null; then py=$p; fi
done
if [ -z "$py" ]; then
    t_skip "Mann-Whitney p equals scipy" "scipy is not installed"
else
    t_ok "Mann-Whitney p and Hodges-Lehmann ratio equal scipy and numpy" "$py" tests/oracle/scipy_check.py "$AKREPORT" "$T"
fi
t_done
