"""Fingerprints of all lines of files by the definition, without rolling: for each line the sum over
the 100 units from its start. Prints what test_fingerprint prints, for comparison."""
import collections
import sys

WINDOW, BASE = 100, 37


def units(text):
    """The UTF-16 units that count, line ends as one kind, and 65535 at the end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    raw = "".join(c for c in text if c not in " \t").encode("utf-16-le", "surrogatepass")
    return [raw[i] | raw[i + 1] << 8 for i in range(0, len(raw), 2)] + [0xFFFF]


def fingerprints(text):
    all_units = units(text)
    starts = [0] + [i + 1 for i, u in enumerate(all_units) if u == 10]
    weights = [pow(BASE, WINDOW - 1 - k, 1 << 64) for k in range(WINDOW)]
    seen = collections.Counter()
    for start in starts:
        window = all_units[start : start + WINDOW]
        value = sum(u * w for u, w in zip(window, weights)) % (1 << 64)
        seen[value] += 1
        yield "%x:%d" % (value, seen[value])


for path in sys.argv[1:]:
    with open(path, encoding="utf-8", newline="") as f:
        for line in fingerprints(f.read()):
            print(line)
