#!/bin/sh
# Draws docs/images anew, from tests/data/goakt. Argument: the build folder. The dashboard is a screenshot and
# needs chromium; without it that picture stays.
set -eu
cd "$(dirname "$0")/.."
ak=$(realpath "$1")/akreport
out=docs/images
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
for v in v3 v4; do
    "$ak" import --store "$T/s.db" --label goakt-$v tests/data/goakt/goakt-$v/* >/dev/null
done
for f in tests/data/goakt/history/run*.txt; do
    "$ak" import --store "$T/h.db" --label "$(basename "$f" .txt)" "$f" >/dev/null
done
# Both runs differ: exit code 1 is what they say about it.
"$ak" compare --store "$T/s.db" goakt-v3 goakt-v4 --png "$T" >/dev/null || [ $? = 1 ]
"$ak" comment --store "$T/s.db" goakt-v3 goakt-v4 -o "$T" >/dev/null || [ $? = 1 ]
cp "$T/compare.png" "$out/compare.png"
cp "$T/thumb-light.png" "$out/comment.png"
"$ak" pprof -png -sample_index=alloc_space -output "$out/graph.png" tests/data/goakt/goakt-v4/shutdown_mem.prof
"$ak" pprof -flame -output "$out/flame.png" tests/data/goakt/goakt-v3/shutdown_cpu.prof
"$ak" dashboard --store "$T/h.db" -o "$T/dashboard.html" >/dev/null
(cd tests/browser && python3 - "$T/dashboard.html" ../../$out/dashboard.png <<'P'
import sys
from chromium import Browser, executable
if executable():
    with Browser() as browser:
        browser.open(f'file://{sys.argv[1]}', 1280, 1010).screenshot(sys.argv[2])
P
)
