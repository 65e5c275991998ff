"""What a reader does with the pages, in headless Chromium. Each check prints "ok" or "not ok" and what it was.
    visit.py crawl URL             follows every link of a server: no error, no other place asked
    visit.py dashboard FILE        pointer, keyboard, filter, tables
    visit.py profiles FILE         two profiles subtracted
    visit.py axe AXE.MIN.JS FILE   the rules of axe-core, both themes, 1440 and 400 points wide
"""
import sys
import urllib.parse

from chromium import Browser


def check(what, good, seen=''):
    print(f"{'ok' if good else 'not ok'} {what}" + ('' if good else f': {seen}'))


def crawl(start):
    origin = '{0.scheme}://{0.netloc}'.format(urllib.parse.urlparse(start))
    waiting, seen = [start], {start}
    with Browser() as browser:
        page = browser.open('about:blank')
        while waiting and len(seen) < 200:
            url = waiting.pop(0)
            page.errors.clear()
            page.requests.clear()
            page.go(url)
            foreign = [r for r in page.requests if not r.startswith((origin + '/', 'data:'))]
            if page.status != 200 or page.errors or foreign:
                check(url, False, f'{page.status} {page.errors} {foreign}')
            links = page.evaluate("Array.from(document.querySelectorAll('a[href], iframe[src]'), "
                                  "function (e) { return e.href || e.src; })") or []
            for link in links:
                link = urllib.parse.urldefrag(link)[0]
                if not link.startswith(origin + '/'):
                    check(f'{url} leads elsewhere', False, link)
                elif link not in seen:
                    seen.add(link)
                    waiting.append(link)
    check(f'every link of the server was followed and answered ({"few" if len(seen) < 5 else "many"})',
          len(seen) >= 5, len(seen))


TIP = "document.querySelector('.tip').hidden ? '' : document.querySelector('.tip').textContent"


def dashboard(path):
    with Browser() as browser:
        page = browser.open(f'file://{path}', 1440, 900)
        box = page.evaluate("(function () { var s = document.querySelector('figure[data-series] svg');"
                            "s.scrollIntoView({ block: 'center' }); var b = s.getBoundingClientRect();"
                            "return [b.left, b.top, b.width, b.height]; })()")
        page.point(box[0] + box[2] / 2, box[1] + box[3] / 2)
        check('the pointer tells run, value, interval and n', ' [' in page.evaluate(TIP) and
              ', n=' in page.evaluate(TIP), page.evaluate(TIP))
        page.point(2, 2)
        check('and no longer when it is gone', page.evaluate(TIP) == '', page.evaluate(TIP))
        page.evaluate("document.querySelector('figure[data-series] svg').focus()")
        last = page.evaluate(TIP)
        page.press('Home')
        first = page.evaluate(TIP)
        page.press('ArrowRight')
        second = page.evaluate(TIP)
        check('keys go from run to run', first and second and len({first, second, last}) == 3,
              [first, second, last])
        page.evaluate("(function () { var i = document.querySelector('[data-filter=name]');"
                      "i.value = 'Latency'; i.dispatchEvent(new Event('input')); })()")
        shown = page.evaluate("document.querySelectorAll('tr[data-row]:not([hidden])').length")
        everything = page.evaluate("document.querySelectorAll('tr[data-row]').length")
        check('a filter hides rows', 0 < shown < everything, [shown, everything])
        address = page.evaluate('location.href')
        page.close()
        page = browser.open(address, 1440, 900)
        again = page.evaluate("document.querySelectorAll('tr[data-row]:not([hidden])').length")
        check('and stands in the address', '#name=Latency' in address and again == shown, [address, again])
        cells = page.evaluate("(function () { var d = document.querySelector('.card:not([hidden]) details');"
                              "d.open = true; d.dispatchEvent(new Event('toggle'));"
                              "return d.querySelectorAll('td').length; })()")
        check('a chart has its numbers as a table', cells >= 5 and cells % 5 == 0, cells)
        order = []
        page.evaluate("document.querySelector('h1').focus(); window.scrollTo(0, 0)")
        for _ in range(6):
            page.press('Tab')
            order.append(page.evaluate("(function () { var e = document.activeElement, b = "
                                       "e.getBoundingClientRect(); return b.top + scrollY; })()"))
        check('the tab key goes from top to bottom', order == sorted(order), order)
        page.evaluate("(function () { document.querySelectorAll('th button')[5].click(); })()")
        values = page.evaluate("Array.from(document.querySelectorAll('tr[data-row]:not([hidden]) [data-v].change'),"
                               "function (c) { return +c.dataset.v; })")
        check('a heading sorts', values == sorted(values), values)
        check('nothing was logged', not page.errors, page.errors)


def profiles(path):
    with Browser() as browser:
        page = browser.open(f'file://{path}', 1440, 900)
        count = page.evaluate("document.querySelectorAll('#flame rect').length")
        check('a flame graph is drawn', count > 50, count)
        colours = page.evaluate("new Set(Array.from(document.querySelectorAll('#flame rect'),"
                                "function (r) { return r.getAttribute('fill'); })).size")
        check('in the colours of a difference', colours > 5, colours)
        plain = page.evaluate("(function () { var b = document.getElementById('before'); b.value = '';"
                              "b.dispatchEvent(new Event('change'));"
                              "return new Set(Array.from(document.querySelectorAll('#flame rect'),"
                              "function (r) { return r.getAttribute('fill'); })).size; })()")
        check('or of one profile', plain == 1, plain)
        wide = page.evaluate("(function () { var r = Array.from(document.querySelectorAll('#flame g')).filter("
                             "function (g) { return g.dataset.depth === '2'; })[0]; r.dispatchEvent("
                             "new MouseEvent('click', { bubbles: true }));"
                             "return document.querySelector('#flame g[data-depth=\"2\"] rect').getAttribute('width'); })()")
        check('a click zooms', float(wide) > 1190, wide)
        check('nothing was logged', not page.errors, page.errors)


def axe(script, path):
    with open(script) as f:
        rules = f.read()
    with Browser() as browser:
        for dark in (False, True):
            for width in (1440, 400):
                page = browser.open(f'file://{path}', width, 900, dark)
                page.evaluate("document.querySelectorAll('details').forEach(function (d) { d.open = true; })")
                page.evaluate(rules + ';undefined')
                found = page.evaluate("axe.run().then(function (r) { return r.violations.map(function (v) {"
                                      "return v.id + ' ' + v.nodes.slice(0, 3).map(function (n) {"
                                      "return n.target + ' ' + n.failureSummary.slice(0, 160); }).join(' | '); }); })")
                check(f"{path.rsplit('/', 1)[1]}, {'dark' if dark else 'light'}, {width} wide: axe finds nothing",
                      not found, found)
                wide = page.evaluate('document.documentElement.scrollWidth')
                check('  and it is no wider than the window', wide <= width, wide)
                page.close()


{'crawl': crawl, 'dashboard': dashboard, 'profiles': profiles, 'axe': axe}[sys.argv[1]](*sys.argv[2:])
