"""Headless Chromium by its debugging pipe, with nothing but Python's own library: pages, what they log,
what they request, how long they take.

    with Browser() as browser:
        page = browser.open('file:///tmp/x.html', dark=True)
        page.evaluate('document.title')
"""
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time


def executable():
    """The program, or None."""
    return shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')


class Browser:
    def __init__(self):
        self.profile = tempfile.TemporaryDirectory()
        commands, self.to = os.pipe()
        self.answers, replies = os.pipe()
        # The child reads commands from 3 and answers on 4; high numbers first, so that neither is lost.
        commands_high, replies_high = 100, 101
        os.dup2(commands, commands_high)
        os.dup2(replies, replies_high)

        def place():
            os.dup2(commands_high, 3)
            os.dup2(replies_high, 4)

        self.child = subprocess.Popen(
            [executable(), '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
             '--disable-background-networking', '--disable-component-update', '--disable-sync',
             '--disable-extensions', '--hide-scrollbars', '--remote-debugging-pipe',
             f'--user-data-dir={self.profile.name}', 'about:blank'],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=place,
            pass_fds=(3, 4, commands_high, replies_high))
        for fd in (commands, replies, commands_high, replies_high):
            os.close(fd)
        self.pending = b''
        self.serial = 0
        self.pages = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.call('Browser.close')
        except (OSError, RuntimeError):
            pass
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.profile.cleanup()

    def read(self, seconds):
        """One message, or None after so many seconds."""
        deadline = time.monotonic() + seconds
        while b'\0' not in self.pending:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.answers], [], [], left)[0]:
                return None
            piece = os.read(self.answers, 1 << 20)
            if not piece:
                raise RuntimeError('the browser is gone')
            self.pending += piece
        message, self.pending = self.pending.split(b'\0', 1)
        return json.loads(message)

    def note(self, message):
        page = self.pages.get(message.get('sessionId'))
        if page:
            page.note(message['method'], message['params'])

    def call(self, method, session=None, **params):
        self.serial += 1
        command = {'id': self.serial, 'method': method, 'params': params}
        if session:
            command['sessionId'] = session
        os.write(self.to, json.dumps(command).encode() + b'\0')
        while True:
            message = self.read(30)
            if message is None:
                raise RuntimeError(f'{method}: no answer')
            if message.get('id') == self.serial:
                if 'error' in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message['result']
            if 'method' in message:
                self.note(message)

    def open(self, url, width=1280, height=900, dark=False):
        return Page(self, url, width, height, dark)


class Page:
    def __init__(self, browser, url, width, height, dark):
        self.browser = browser
        self.errors, self.requests, self.loaded = [], [], False
        self.status = 0
        self.target = browser.call('Target.createTarget', url='about:blank')['targetId']
        self.session = browser.call('Target.attachToTarget', targetId=self.target, flatten=True)['sessionId']
        browser.pages[self.session] = self
        self.call('Page.bringToFront')
        for domain in ('Page', 'Runtime', 'Log', 'Network', 'Performance'):
            self.call(f'{domain}.enable')
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=1,
                  mobile=False)
        self.call('Emulation.setEmulatedMedia',
                  features=[{'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'}])
        self.go(url)

    def call(self, method, **params):
        return self.browser.call(method, self.session, **params)

    def note(self, method, params):
        if method == 'Page.loadEventFired':
            self.loaded = True
        elif method == 'Runtime.exceptionThrown':
            self.errors.append(params['exceptionDetails'].get('exception', {}).get('description', 'exception'))
        elif method == 'Runtime.consoleAPICalled' and params['type'] in ('error', 'warning', 'assert'):
            self.errors.append(' '.join(str(a.get('value', a)) for a in params['args']))
        elif method == 'Log.entryAdded' and params['entry']['level'] in ('error', 'warning'):
            self.errors.append(params['entry']['text'])
        elif method == 'Network.requestWillBeSent':
            self.requests.append(params['request']['url'])
        elif method == 'Network.responseReceived' and params.get('type') == 'Document':
            self.status = params['response']['status']

    def go(self, url):
        """Loads an address and waits until it is there."""
        self.loaded = False
        self.call('Page.navigate', url=url)
        deadline = time.monotonic() + 30
        while not self.loaded and time.monotonic() < deadline:
            message = self.browser.read(1)
            if message and 'method' in message:
                self.browser.note(message)
        if not self.loaded:
            raise RuntimeError(f'{url} did not load')

    def evaluate(self, script):
        """The value of an expression; promises are waited for."""
        answer = self.call('Runtime.evaluate', expression=script, awaitPromise=True, returnByValue=True)
        if 'exceptionDetails' in answer:
            raise RuntimeError(answer['exceptionDetails'].get('exception', {}).get('description', script))
        return answer['result'].get('value')

    def press(self, key, code=None):
        for kind in ('keyDown', 'keyUp'):
            self.call('Input.dispatchKeyEvent', type=kind, key=key, code=code or key,
                      windowsVirtualKeyCode={'Tab': 9, 'Enter': 13, 'ArrowLeft': 37, 'ArrowRight': 39,
                                             'Home': 36, 'End': 35}.get(key, 0))

    def point(self, x, y, click=False):
        self.call('Input.dispatchMouseEvent', type='mouseMoved', x=x, y=y)
        if click:
            for kind in ('mousePressed', 'mouseReleased'):
                self.call('Input.dispatchMouseEvent', type=kind, x=x, y=y, button='left', clickCount=1)

    def screenshot(self, path, full=False):
        data = self.call('Page.captureScreenshot', captureBeyondViewport=full)['data']
        with open(path, 'wb') as f:
            f.write(base64.b64decode(data))

    def close(self):
        self.browser.pages.pop(self.session, None)
        self.browser.call('Target.closeTarget', targetId=self.target)
