#!/usr/bin/env python3
"""compare_projection.py AKREPORT FOLDER COUNT: seeded inputs and projections. Every cell of the
judged tables (row, column, unit, median) must be one of the CSV table's, which equals benchstat's;
what the judged tables leave out may only stand in tables with a single column."""
import collections
import csv
import io
import json
import os
import random
import subprocess
import sys

AKREPORT, FOLDER, COUNT = os.path.abspath(sys.argv[1]), sys.argv[2], int(sys.argv[3])
NAMES = ["Enc/size=1k/f=gob", "Enc/size=4Ki/f=json", "Enc/size=10/f=gob", "Enc/size=10/f=json", "Dec",
         "Dec/f=json", "Z/size=2M"]
FACTOR = {"ns/op": 1e-9, "x": 1}
TIDY = {"ns/op": "sec/op", "x": "x"}
OPTIONS = {
    "-row": [".fullname", ".name", "/size@num", ".name,/size", ".fullname@alpha", ".name@(Enc Z)"],
    "-col": [".file", "/f", "/size@num", "commit", "/f@(json gob)", "commit,/f", "goos"],
    "-table": ["", ".config", ".name", "commit", "goos,/f", ".config@alpha"],
    "-ignore": ["", "cpu", ".config", "/size", "commit,cpu"],
    "-filter": ["*", "-.name:Dec", "/size:/^1/", ".unit:x OR .name:Enc", ".unit:ns/op"],
}


def text(rnd):
    lines = []
    for _ in range(rnd.randint(1, 4)):
        for key, values in (("goos", "lw"), ("cpu", "XY"), ("commit", "123")):
            if rnd.random() < .5:
                lines.append("%s: %s" % (key, rnd.choice(values)))
        for name in rnd.sample(NAMES, rnd.randint(1, 5)):
            for _ in range(rnd.randint(1, 4)):
                lines.append("Benchmark%s 1 %d ns/op %d x" % (name, rnd.randint(1, 10**6), rnd.randint(1, 99)))
    return "\n".join(lines) + "\n"


def run(args):
    return subprocess.run([AKREPORT, "compare", *args], capture_output=True, text=True, timeout=60)


def key(unit, row, column, value):
    return unit, row, column, "%.9g" % value


def csv_cells(out):
    """The cells by unit, row and column; a blank line ends a table."""
    cells = collections.Counter()
    for block in out.split("\n\n"):
        rows = list(csv.reader(io.StringIO(block)))
        at = next((i for i, r in enumerate(rows) if len(r) > 2 and r[2] == "CI"), None)
        if at is None:
            continue
        starts = [i - 1 for i, head in enumerate(rows[at]) if head == "CI"]
        heads = [r for r in rows[:at] if len(r) > 1][-LEVELS:]
        for r in rows[at + 1:]:
            for s in starts:
                if r[0] != "geomean" and s < len(r) and r[s]:
                    column = " ".join(h[s] for h in heads if s < len(h) and h[s])
                    cells[key(rows[at][s], r[0], column, float(r[s]))] += 1
    return cells


def json_cells(tables):
    cells, lonely = collections.Counter(), set()
    for t in tables:
        if "only" in t:
            lonely.add(t["only"])
        for k, c in enumerate(t["comparisons"]):
            for r in c["rows"]:
                for side in ("before", "after") if k == 0 else ("after",):
                    if r[side]:
                        cells[key(TIDY[r["unit"]], r["benchmark"], c[side]["label"],
                                  r[side]["median"] * FACTOR[r["unit"]])] += 1
    return cells, lonely


def blank(label):
    return "" if label.startswith("without ") else label


os.chdir(FOLDER)
rnd = random.Random(7)
compared = refused = 0
for case in range(COUNT):
    for name in ("A.txt", "B.txt"):
        with open(name, "w") as f:
            f.write(text(rnd))
    args = [a for opt, values in OPTIONS.items() for a in (opt, rnd.choice(values))]
    LEVELS = len(args[args.index("-col") + 1].split("@")[0].split(","))
    files = rnd.choice([["A.txt"], ["A.txt", "B.txt"], ["old=A.txt", "new=B.txt"]])
    judged = run(["--format", "json", "--all", *args, *files])
    table = run(["--format", "csv", *args, *files])
    if judged.returncode not in (0, 1, 3) or not judged.stdout:
        assert judged.returncode in (2, 3) and judged.stderr, (args, judged)
        refused += 1
        continue
    ours, lonely = json_cells(json.loads(judged.stdout)["tables"])
    ours = collections.Counter({(u, blank(r), blank(c), v): n for (u, r, c, v), n in ours.items()})
    theirs = csv_cells(table.stdout)
    extra, missing = ours - theirs, theirs - ours
    if extra or any(c not in {blank(l) for l in lonely} for _, _, c, _ in missing):
        sys.exit("case %d: %s %s\nonly judged: %s\nonly csv: %s (alone: %s)" %
                 (case, args, files, list(extra)[:5], list(missing)[:5], lonely))
    compared += sum(ours.values())
print("%d cells in %d inputs equal, %d without two columns" % (compared, COUNT - refused, refused))
sys.exit(compared == 0)
