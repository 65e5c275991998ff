#!/usr/bin/env python3
"""scipy_check.py AKREPORT FOLDER: seeded samples, compared by akreport (JSON) and by scipy."""
import json
import os
import random
import subprocess
import sys

import numpy
from scipy.stats import mannwhitneyu

AKREPORT, FOLDER = os.path.abspath(sys.argv[1]), sys.argv[2]
rnd = random.Random(4)
sides = {"a": {}, "b": {}}
for i, n in enumerate([3, 4, 5, 6, 8, 10, 13, 20, 25, 30, 49, 60, 120]):
    for j, shift in enumerate([0, 0.01, 0.05]):
        m = max(3, n + rnd.randint(-2, 2))
        sides["a"]["C%d_%d" % (i, j)] = [round(1000 * rnd.gauss(1, .02), 6) for _ in range(n)]
        sides["b"]["C%d_%d" % (i, j)] = [round(1000 * rnd.gauss(1 + shift, .02), 6) for _ in range(m)]
for name, rows in sides.items():
    with open(os.path.join(FOLDER, name + ".txt"), "w", encoding="utf-8") as f:
        for bench, values in rows.items():
            f.writelines("Benchmark%s 1 %r ns/op\n" % (bench, v) for v in values)
out = subprocess.run([AKREPORT, "compare", "--format", "json", "a.txt", "b.txt"], cwd=FOLDER,
                     capture_output=True, check=False).stdout
bad = 0
for row in json.loads(out)["rows"]:
    x, y = sides["a"][row["benchmark"]], sides["b"][row["benchmark"]]
    exact = max(len(x), len(y)) <= 50
    p = mannwhitneyu(x, y, method="exact" if exact else "asymptotic").pvalue
    logs = numpy.subtract.outer(numpy.log(y), numpy.log(x))
    ratio = float(numpy.exp(numpy.median(logs)))
    if abs(p - row["p"]) > 1e-9 * max(1, p) or abs(ratio / row["ratio"] - 1) > 1e-9:
        bad += 1
        print(row["benchmark"], len(x), len(y), p, row["p"], ratio, row["ratio"])
print("differ:", bad)
sys.exit(bad != 0)
