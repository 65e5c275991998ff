#!/usr/bin/env python3
"""Checks drawings of call graphs by their SVG alone: check_drawing.py FILE.svg ...

Every edge begins and ends at its boxes; no edge enters another box or another edge's label; boxes
do not overlap; ids and titles are there once. Prints one line a file; exits 1 when something is
wrong. Shares no code with the router: curves are flattened and clipped here."""
import re
import sys
import xml.etree.ElementTree as ET

STEP = 2.0


def local(e):
    return e.tag.split('}')[-1]


def cubic(p, t):
    s = 1 - t
    w = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
    return (sum(a * q[0] for a, q in zip(w, p)), sum(a * q[1] for a, q in zip(w, p)))


def flatten(d):
    n = [float(x) for x in re.findall(r'-?\d+(?:\.\d+)?', d)]
    pts = list(zip(n[::2], n[1::2]))
    out = [pts[0]]
    for k in range(0, len(pts) - 3, 3):
        p = pts[k:k + 4]
        length = abs(p[3][0] - p[0][0]) + abs(p[3][1] - p[0][1])
        steps = 4 + int(length / STEP)
        out += [cubic(p, i / steps) for i in range(1, steps + 1)]
    return out


def load(path):
    nodes, edges = {}, []
    for g in ET.parse(path).getroot().iter():
        if local(g) != 'g':
            continue
        kind = g.get('class')
        title = next((c.text for c in g if local(c) == 'title'), '')
        if kind == 'node':
            r = next(c for c in g if local(c) == 'rect')
            x, y, w, h = (float(r.get(k)) for k in ('x', 'y', 'width', 'height'))
            assert title not in nodes, 'two boxes ' + title
            nodes[title] = (x, y, x + w, y + h)
        elif kind == 'edge':
            path_d = next(c.get('d') for c in g if local(c) == 'path')
            head = next(c.get('points') for c in g if local(c) == 'polygon')
            tip = tuple(float(v) for v in head.split()[0].split(','))
            box = None
            for t in (c for c in g if local(c) == 'text'):
                f = float(t.get('font-size'))
                w = 0.58 * f * len(t.text or '')
                x, y = float(t.get('x')), float(t.get('y'))
                b = (x - w / 2, y - 0.75 * f, x + w / 2, y + 0.1 * f)
                box = b if box is None else (min(box[0], b[0]), min(box[1], b[1]), max(box[2], b[2]), max(box[3], b[3]))
            a, b = title.split('->')
            edges.append((a, b, flatten(path_d), tip, box))
    return nodes, edges


def inside(p, b, margin=0.75):
    return b[0] + margin < p[0] < b[2] - margin and b[1] + margin < p[1] < b[3] - margin


def near_border(p, b, by=1.0):
    if not (b[0] - by <= p[0] <= b[2] + by and b[1] - by <= p[1] <= b[3] + by):
        return False
    return min(abs(p[0] - b[0]), abs(p[0] - b[2]), abs(p[1] - b[1]), abs(p[1] - b[3])) <= by


def check(path):
    nodes, edges = load(path)
    faults = []
    boxes = sorted(nodes.items(), key=lambda n: n[1][1])
    for i, (a, p) in enumerate(boxes):
        for b, q in boxes[i + 1:]:
            if q[1] >= p[3]:
                break
            if p[0] < q[2] - 0.5 and q[0] < p[2] - 0.5 and p[1] < q[3] - 0.5 and q[1] < p[3] - 0.5:
                faults.append('boxes %s and %s overlap' % (a, b))
    for k, (a, b, pts, tip, label) in enumerate(edges):
        if not near_border(pts[0], nodes[a]) or not near_border(tip, nodes[b]):
            faults.append('edge %s->%s does not join its boxes' % (a, b))
        lo = (min(p[0] for p in pts), min(p[1] for p in pts))
        hi = (max(p[0] for p in pts), max(p[1] for p in pts))
        for n, box in boxes:
            if n in (a, b) or box[0] > hi[0] or box[2] < lo[0] or box[1] > hi[1] or box[3] < lo[1]:
                continue
            if any(inside(p, box) for p in pts):
                faults.append('edge %s->%s enters %s' % (a, b, n))
        for other in range(len(edges)):
            box = edges[other][4]
            if other == k or box is None or box[0] > hi[0] or box[2] < lo[0] or box[1] > hi[1] or box[3] < lo[1]:
                continue
            if any(inside(p, box) for p in pts):
                faults.append('edge %s->%s enters the label of %s->%s' % (a, b, edges[other][0], edges[other][1]))
    print('%s: %d boxes, %d edges, %d faults%s' % (path.split('/')[-1], len(nodes), len(edges), len(faults),
                                                 ': ' + '; '.join(faults[:3]) if faults else ''))
    return bool(faults) or not nodes


sys.exit(max([check(p) for p in sys.argv[1:]] or [2]))
