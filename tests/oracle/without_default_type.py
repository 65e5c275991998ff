#!/usr/bin/env python3
"""Copies a profile without its default sample type: newer versions of google/pprof write the type that the
report is of, older ones and ours what the input says.

usage: without_default_type.py <IN.pb >OUT.pb
"""
import sys

DEFAULT_SAMPLE_TYPE = 14


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


data = sys.stdin.buffer.read()
at = 0
while at < len(data):
    start = at
    tag, at = varint(data, at)
    value, at = varint(data, at)
    at += value if tag & 7 == 2 else 0
    if tag >> 3 != DEFAULT_SAMPLE_TYPE:
        sys.stdout.buffer.write(data[start:at])
