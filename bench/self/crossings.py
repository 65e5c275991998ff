#!/usr/bin/env python3
"""Counts edge crossings and sharp corners in drawings of call graphs: crossings.py FILE.svg ...
(prints "file crossings sharp").

Works on any SVG with g.edge groups that hold a path of cubic pieces, as Graphviz and akreport write
them. Crossings within 12 points of a node that both edges share do not count. A sharp corner is a piece of 24
points of an edge, not overlapping another, in which its heading turns by more than 20 degrees."""
import math
import re
import sys
import xml.etree.ElementTree as ET


def local(e):
    return e.tag.split('}')[-1]


def flatten(d, steps=8):
    n = [float(x) for x in re.findall(r'-?\d+(?:\.\d+)?', d)]
    pts = list(zip(n[::2], n[1::2]))
    out = [pts[0]]
    for k in range(0, len(pts) - 3, 3):
        p = pts[k:k + 4]
        m = steps or max(8, int(math.dist(p[0], p[3]) / 2))
        for i in range(1, m + 1):
            t = i / m
            s = 1 - t
            w = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
            out.append((sum(a * q[0] for a, q in zip(w, p)), sum(a * q[1] for a, q in zip(w, p))))
    return out


def box_of(g):
    xs, ys = [], []
    for c in g.iter():
        if local(c) == 'polygon' and c.get('points'):
            for p in c.get('points').split():
                x, y = p.split(',')
                xs.append(float(x))
                ys.append(float(y))
        elif local(c) == 'rect':
            x, y = float(c.get('x')), float(c.get('y'))
            xs += [x, x + float(c.get('width'))]
            ys += [y, y + float(c.get('height'))]
    return (min(xs), min(ys), max(xs), max(ys)) if xs else None


def count(path):
    nodes, segments = {}, []
    for g in ET.parse(path).getroot().iter():
        if local(g) != 'g' or g.get('class') not in ('node', 'edge'):
            continue
        title = next(c.text for c in g if local(c) == 'title')
        if g.get('class') == 'node':
            nodes[title] = box_of(g)
            continue
        d = next((c.get('d') for c in g.iter() if local(c) == 'path'), None)
        if d:
            pts = flatten(d)
            ends = tuple(title.split('->'))
            for a, b in zip(pts, pts[1:]):
                segments.append((min(a[1], b[1]), max(a[1], b[1]), a, b, ends, title))
    segments.sort(key=lambda s: s[0])
    total = 0
    for i, (_, y1, a, b, ends, title) in enumerate(segments):
        for _y0, _y1, c, d, other, name in segments[i + 1:]:
            if _y0 > y1:
                break
            if name == title or max(c[0], d[0]) < min(a[0], b[0]) or min(c[0], d[0]) > max(a[0], b[0]):
                continue
            den = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0])
            if abs(den) < 1e-9:
                continue
            t = ((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0])) / den
            u = ((c[0] - a[0]) * (b[1] - a[1]) - (c[1] - a[1]) * (b[0] - a[0])) / den
            if not (0 < t <= 1 and 0 < u <= 1):
                continue
            x, y = a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])
            shared = set(ends) & set(other)
            if any(nodes.get(n) and nodes[n][0] - 12 <= x <= nodes[n][2] + 12 and nodes[n][1] - 12 <= y <= nodes[n][3] + 12
                   for n in shared):
                continue
            total += 1
    return total


def sharp(path):
    total = 0
    for g in ET.parse(path).getroot().iter():
        if local(g) != 'g' or g.get('class') != 'edge':
            continue
        d = next((c.get('d') for c in g.iter() if local(c) == 'path'), None)
        pts = flatten(d, 0) if d else []
        parts = [(math.dist(a, b), math.atan2(b[1] - a[1], b[0] - a[0])) for a, b in zip(pts, pts[1:]) if math.dist(a, b) > 1e-6]
        i = 0
        while i < len(parts):
            length = turn = 0.0
            j = i
            while j + 1 < len(parts) and length < 24 and turn <= math.radians(20):
                length += parts[j][0]
                turn += abs((parts[j + 1][1] - parts[j][1] + math.pi) % (2 * math.pi) - math.pi)
                j += 1
            if turn > math.radians(20):
                total += 1
                i = j + 1
            else:
                i += 1
    return total


for path in sys.argv[1:]:
    print(path.split('/')[-1], count(path), sharp(path))
