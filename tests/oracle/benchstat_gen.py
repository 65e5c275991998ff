#!/usr/bin/env python3
"""benchstat_gen.py BENCHSTAT AKREPORT FOLDER COUNT: seeded inputs and options, CSV compared cell by
cell (numbers to 1e-12, everything else exactly)."""
import csv
import io
import os
import random
import subprocess
import sys

BENCHSTAT, AKREPORT, FOLDER, COUNT = sys.argv[1], os.path.abspath(sys.argv[2]), sys.argv[3], int(sys.argv[4])
NAMES = ["Enc", "Dec/size=1k", "Dec/size=4Ki", "Dec/size=10", "Enc/format=gob/size=1",
         "Enc/format=json/size=10", "Z", "Q/a/b", "Enc/gomaxprocs=4", "X-y/size=2M", "W_1000"]
UNITS = ["ns/op", "B/op", "allocs/op", "MB/s", "p99-ns", "µs/op", "x", "disk-MB/sec"]
ODD = ["BenchmarkFoo", "Benchmark 10 1 x", "BenchmarkBad x", "ok  p 1s", "BenchmarkBad 10 1", "goos:",
       "commit: 9", "cpu: Y", "key:value", "BenchmarkM 1 2 ns/op 3 ns/op", "Unit x better=higher", "Unit"]
OPTIONS = {
    "-alpha": ["0", "0.001", "0.1", "1", "0.5"],
    "-confidence": ["0", "0.5", "0.9", "0.99", "0.999", "1"],
    "-ignore": ["cpu", "commit", "pkg,cpu", "/size", ".file", "commit,pkg,cpu"],
    "-filter": [".name:Enc", "/size:/^1/", "-.name:Enc", ".unit:ns/op", "-.unit:(B/op OR x)",
                "goos:linux commit:(1 OR 2)", "(.name:Enc OR /De/) -/size:10", "/gomaxprocs:8",
                "-(.name:Z .unit:x)", ".file:A.txt"],
    "-row": [".name", "/size@num", ".name,/size", ".fullname@alpha", "/gomaxprocs", ".name@(Enc Z)"],
    "-col": [".file@alpha", "/format", "/size@num", "commit", "/format@(json gob)", ".config"],
    "-table": ["pkg", "", ".config@alpha", "goos,commit", ".name,pkg"],
}
FILES = [["A.txt", "B.txt"], ["A.txt", "B.txt"], ["A.txt"], ["A.txt", "A.txt"],
         ["old=A.txt", "new x=B.txt"], ["B.txt", "A.txt", "B.txt"], ["l=A.txt", "l=B.txt"]]


def value(rnd, kind):
    return [lambda: "%d" % rnd.randint(1, 6), lambda: "%.4g" % (1000 * rnd.gauss(1, .05)),
            lambda: "%d" % rnd.randint(0, 10**9), lambda: "%.3e" % rnd.lognormvariate(0, 3),
            lambda: rnd.choice("0015"), lambda: "%d" % rnd.randint(-3, 3), lambda: "100"][kind]()


def text(rnd):
    lines = [c for c in ("goos: linux", "pkg: p/" + rnd.choice("ab"), "cpu: X", "commit: " + rnd.choice("123"))
             if rnd.random() < .7]
    if rnd.random() < .2:
        lines.append("Unit %s assume=exact" % rnd.choice(UNITS))
    units = rnd.sample(UNITS, rnd.randint(1, 4))
    kinds = [rnd.randint(0, 6) for _ in units]
    for name in rnd.sample(NAMES, rnd.randint(1, 5)):
        for _ in range(rnd.choice([1, 2, 3, 5, 6, 8, 10, 20, 21, 24, 27, 30, 31, 50, 51])):
            pairs = "".join(" \t %s %s" % (value(rnd, k), u) for k, u in zip(kinds, units))
            lines.append("Benchmark%s%s \t %d%s" % (name, "-8" if rnd.random() < .97 else "", 5, pairs))
            if rnd.random() < .01:
                lines.append(rnd.choice(ODD))
    return "\n".join(lines) + "\n"


def number(s):
    try:
        return float(s)
    except ValueError:
        return None


def equal(a, b):
    x, y = number(a), number(b)
    return a == b or (x is not None and y is not None and abs(x - y) <= 1e-12 * max(abs(x), abs(y)))


os.chdir(FOLDER)
bad = 0
for seed in range(COUNT):
    rnd = random.Random(seed)
    for name in ("A.txt", "B.txt"):
        with open(name, "w", encoding="utf-8") as f:
            f.write(text(random.Random(rnd.choice([seed, seed + 1000000]))))
    args = [x for k, v in OPTIONS.items() if rnd.random() < .22 for x in (k, rnd.choice(v))]
    files = rnd.choice(FILES)
    got = subprocess.run([AKREPORT, "compare", "--format", "csv"] + args + files, capture_output=True)
    want = subprocess.run([BENCHSTAT, "-format", "csv"] + args + files, capture_output=True)
    rows = [list(csv.reader(io.StringIO(p.stdout.decode()))) for p in (got, want)]
    same = len(rows[0]) == len(rows[1]) and all(
        len(a) == len(b) and all(map(equal, a, b)) for a, b in zip(*rows))
    if not same:
        bad += 1
        print("seed", seed, args, files, "differ")
print(COUNT - bad, "equal,", bad, "differ")
sys.exit(bad != 0)
