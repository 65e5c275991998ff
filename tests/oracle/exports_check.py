"""exports_check.py junit FILE: elements, attributes and counts of a JUnit report.
exports_check.py metrics FILE N: an OpenMetrics text that its own parser reads as N samples."""
import sys
import xml.etree.ElementTree as tree

# Elements that may stand in one, attributes that it must and may have: from Jenkins' junit-10.xsd.
RULES = {
    'testsuites': ({'testsuite'}, set(), {'name', 'time', 'tests', 'failures', 'errors'}),
    'testsuite': ({'testsuite', 'properties', 'testcase', 'system-out', 'system-err'},
                  {'name', 'tests', 'failures', 'errors'},
                  {'group', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file', 'log', 'url'}),
    'testcase': ({'skipped', 'error', 'failure', 'system-out', 'system-err'}, {'name'},
                 {'time', 'classname', 'group'}),
    'failure': (set(), set(), {'type', 'message'}),
    'error': (set(), set(), {'type', 'message'}),
    'skipped': (set(), set(), {'type', 'message'}),
}


def follow(node):
    children, needed, allowed = RULES[node.tag]
    if not needed <= set(node.attrib) or not set(node.attrib) <= needed | allowed:
        sys.exit(f'{node.tag} has {sorted(node.attrib)}')
    for child in node:
        if child.tag not in children:
            sys.exit(f'{child.tag} in {node.tag}')
        follow(child)


def junit(path):
    root = tree.parse(path).getroot()
    if root.tag != 'testsuites':
        sys.exit(f'the root is {root.tag}')
    follow(root)
    for node in [root] + root.findall('testsuite'):
        cases = list(node.iter('testcase'))
        for what, element in (('failures', 'failure'), ('errors', 'error'), ('skipped', 'skipped')):
            count = sum(case.find(element) is not None for case in cases)
            if int(node.get(what, count)) != count:
                sys.exit(f'{node.tag} says {node.get(what)} {what}, there are {count}')
        if int(node.get('tests')) != len(cases) or not cases:
            sys.exit(f'{node.tag} says {node.get("tests")} tests, there are {len(cases)}')


def metrics(path, wanted):
    from prometheus_client.openmetrics.parser import text_string_to_metric_families
    with open(path) as f:
        families = list(text_string_to_metric_families(f.read()))
    count = sum(len(family.samples) for family in families)
    if count != int(wanted):
        sys.exit(f'{count} samples, wanted {wanted}')


{'junit': junit, 'metrics': metrics}[sys.argv[1]](*sys.argv[2:])
