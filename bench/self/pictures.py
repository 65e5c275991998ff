#!/usr/bin/env python3
"""The picture of a comparison beside matplotlib: CPU time and memory of the whole process, bytes, and
whether a second run writes the same bytes. akreport reads the history, compares, explains and draws two
pictures (compare.png, compare_abs.png); matplotlib draws one forest plot of as many rows from ready
numbers. The runs alternate. Needs python3-matplotlib; without it only akreport is measured.
    bench/self/pictures.py build/akreport STORE BEFORE AFTER"""
import hashlib
import os
import statistics
import subprocess
import sys
import tempfile

ROUNDS = 9
PLOT = """
import sys
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
rows = [(f'GCAllocationsDuringShutdown_{i}', 0.02 * 1.4 ** i) for i in range(20)]
fig, ax = plt.subplots(figsize=(16, 9), dpi=100)
for i, (name, ratio) in enumerate(rows):
    ax.errorbar([ratio], [i], xerr=[[ratio * 0.1], [ratio * 0.1]], fmt='o', capsize=4)
    ax.text(1.02, i, f'{ratio:.3f}', transform=ax.get_yaxis_transform(), va='center')
ax.set_xscale('log')
ax.set_yticks(range(len(rows)), [r[0] for r in rows])
ax.axvline(1)
ax.set_title('before -> after')
fig.tight_layout()
fig.savefig(sys.argv[1])
"""


def run(argv):
    """CPU seconds and peak MB of a process."""
    pid = os.posix_spawnp(argv[0], argv, os.environ,
                          file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
    _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f'{argv[0]} failed')
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def report(name, runs, path):
    cpu = sorted(r[0] for r in runs)
    print(f'{name:<10} CPU median {statistics.median(cpu):.3f} s (least {cpu[0]:.3f}), '
          f'{max(r[1] for r in runs):.1f} MB, {os.path.getsize(path)} bytes')


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    ak, store, before, after = sys.argv[1:5]
    peer = subprocess.run([sys.executable, '-c', 'import matplotlib'], capture_output=True).returncode == 0
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs, hashes = [], [], set()
        picture, plot = f'{folder}/compare.png', f'{folder}/plot.png'
        for _ in range(ROUNDS):
            ours.append(run([ak, 'compare', '--store', store, '--png', folder, before, after]))
            with open(picture, 'rb') as f:
                hashes.add(hashlib.sha256(f.read()).hexdigest())
            if peer:
                theirs.append(run([sys.executable, '-c', PLOT, plot]))
        report('akreport', ours, picture)
        if peer:
            report('matplotlib', theirs, plot)
        else:
            print('matplotlib is not installed')
        print('byte-identical' if len(hashes) == 1 else f'{len(hashes)} different pictures')


main()
