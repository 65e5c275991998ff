#!/usr/bin/env python3
"""The dashboard of 12 charts over 200 runs beside a page of 12 uPlot charts with the same values: bytes, DOM
nodes, milliseconds from the navigation to load and first paint, main-thread milliseconds, requests, errors. The
pages are loaded in turn in one headless Chromium. Needs chromium, and a folder with uPlot (npm install uplot):
    bench/self/dashboard.py build/akreport node_modules/uplot/dist"""
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../tests/browser'))
import chromium  # noqa: E402

RUNS, CHARTS, REPETITIONS, ROUNDS = 200, 12, 5, 9


def value(chart, run, repetition):
    """The same noise every time, and a step in every third series."""
    x = math.sin((chart + 1) * 12.9898 + run * 78.233 + repetition * 37.719) * 43758.5453
    level = 1000 * (chart + 1) * (1.2 if run > 120 and chart % 3 == 0 else 1)
    return level * (1 + 0.05 * (x - math.floor(x)))


def store_fill(ak, folder):
    store = f'{folder}/h.db'
    for run in range(RUNS):
        path = f'{folder}/run.txt'
        with open(path, 'w') as f:
            f.write('goos: linux\npkg: example.org/bench\n')
            for chart in range(CHARTS):
                for k in range(REPETITIONS):
                    f.write(f'BenchmarkSeries{chart:02} 1000 {value(chart, run, k):.1f} ns/op\n')
        subprocess.run([ak, 'import', '--store', store, '--label', 'main', path], check=True,
                       stdout=subprocess.DEVNULL)
    return store


def uplot_page(dist, path):
    with open(f'{dist}/uPlot.iife.min.js') as f:
        script = f.read()
    with open(f'{dist}/uPlot.min.css') as f:
        style = f.read()
    series = []
    for chart in range(CHARTS):
        values = [sorted(value(chart, run, k) for k in range(REPETITIONS)) for run in range(RUNS)]
        series.append([[round(v[i], 1) for v in values] for i in (2, 0, 4)])
    with open(path, 'w') as f:
        f.write(f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>uPlot</title><link rel="icon" '
                f'href="data:,"><style>{style}</style><body><script>{script}</script><script>'
                f'var all={json.dumps(series)};var x=all[0][0].map(function(_,i){{return i}});'
                'all.forEach(function(s,i){new uPlot({width:620,height:270,title:"Series"+i,scales:{x:{time:false}},'
                'series:[{},{stroke:"blue"},{},{}],bands:[{series:[3,2],fill:"#ddd"}]},[x].concat(s),document.body)})'
                '</script></body></html>')


# When the first content was painted, or the load event ended, whichever is later.
READY = """new Promise(function (done) {
  new PerformanceObserver(function (list) {
    list.getEntriesByName("first-contentful-paint").forEach(function (e) {
      done(Math.max(e.startTime, performance.getEntriesByType("navigation")[0].loadEventEnd));
    });
  }).observe({ type: "paint", buffered: true });
})"""


def measure(browser, path):
    page = browser.open(f'file://{path}', 1440, 900)
    ready = page.evaluate(READY)
    metrics = {m['name']: m['value'] for m in page.call('Performance.getMetrics')['metrics']}
    nodes = page.evaluate("document.getElementsByTagName('*').length")
    foreign = [r for r in page.requests if not r.startswith(('file:', 'data:'))]
    result = (ready, metrics['TaskDuration'] * 1000, nodes, len(foreign), len(page.errors))
    page.close()
    return result


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    ak = os.path.abspath(sys.argv[1])
    dist = sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as folder:
        pages = {'akreport': f'{folder}/dashboard.html'}
        subprocess.run([ak, 'dashboard', '--store', store_fill(ak, folder), '-o', pages['akreport']],
                       check=True)
        if dist:
            pages['uPlot'] = f'{folder}/uplot.html'
            uplot_page(dist, pages['uPlot'])
        results = {name: [] for name in pages}
        with chromium.Browser() as browser:
            for _ in range(ROUNDS):
                for name, path in pages.items():
                    results[name].append(measure(browser, path))
        print(f'{"page":<9} {"bytes":>7} {"nodes":>6} {"ready, ms (least)":>18} {"main thread, ms":>16} '
              f'{"requests":>8} {"errors":>6}')
        for name, path in pages.items():
            ready, task, nodes, requests, errors = zip(*results[name][1:])
            print(f'{name:<9} {os.path.getsize(path):>7} {nodes[0]:>6} '
                  f'{statistics.median(ready):>10.0f} ({min(ready):>5.0f}) {statistics.median(task):>16.0f} '
                  f'{max(requests):>8} {max(errors):>6}')


main()
