"""A local web server and a browser, for tests that look at the built site."""

import base64
import gzip
import shutil
import threading
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import psutil

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PACKED = (".woff2", ".png", ".whl")
PATIENCE = 240
"""How many seconds a test may take to set up, to run or to clean up."""

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 390, "height": 844}


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder below a prefix, as GitHub Pages serves a project's site."""

    def __init__(self, *arguments, prefix, **options):
        self.prefix = prefix
        super().__init__(*arguments, **options)

    def translate_path(self, path):
        if not path.startswith(self.prefix):
            return str(self.directory) + "/nothing-here"
        return super().translate_path("/" + path.removeprefix(self.prefix))

    def log_message(self, *arguments):
        pass


@contextmanager
def serving(folder, prefix="/"):
    """Serve a folder on a port of this machine; gives its address."""
    handler = partial(Handler, directory=str(folder), prefix=prefix)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}{prefix}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def patience():
    """End the browsers of this process if what is inside takes too long.

    Chromium may stand still and answer nothing for good, and Playwright waits for some
    answers without a limit. Without its browser it waits no more, and the test fails.
    Gives a list that is empty as long as that has not happened.
    """
    ended = []

    def end():
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if "chrom" in process.name():
                    process.kill()
                    ended.append(process.pid)

    timer = threading.Timer(PATIENCE, end)
    timer.start()
    try:
        yield ended
    finally:
        timer.cancel()
        timer.join()


def wire_size(url, body):
    """How many bytes an answer takes on the wire, compressed where that helps."""
    if url.partition("?")[0].endswith(PACKED):
        return len(body)
    return len(gzip.compress(body, 6, mtime=0))


def open_all(page):
    """Open every hint and solution."""
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


def see_all(page):
    """Scroll through the page, so that what loads lazily loads."""
    page.evaluate(
        """async () => {
            const pause = () => new Promise(done => setTimeout(done, 30));
            const step = innerHeight;
            for (let y = 0; y < document.documentElement.scrollHeight; y += step) {
                scrollTo(0, y);
                await pause();
            }
            scrollTo(0, 0);
            await pause();
        }"""
    )
    page.wait_for_load_state("networkidle")


CALL = """async packed => {
  const read = text => Uint8Array.from(atob(text), one => one.charCodeAt(0)).buffer
  const write = numbers => {
    const bytes = new Uint8Array(Float64Array.from(numbers).buffer)
    let text = ""
    for (let i = 0; i < bytes.length; i += 8192)
      text += String.fromCharCode(...bytes.subarray(i, i + 8192))
    return btoa(text)
  }
  const each = (what, change) =>
    Object.fromEntries(Object.entries(what).map(([key, one]) => [key, change(one)]))
  const unpack = what => {
    if (what === null || typeof what !== "object") return what
    if (Array.isArray(what)) return what.map(unpack)
    if ("float" in what) return new Float64Array(read(what.float))[0]
    if ("floats" in what) return new Float64Array(read(what.floats))
    return each(what, unpack)
  }
  const pack = what => {
    if (typeof what === "number") return { float: write([what]) }
    if (what === null || typeof what !== "object") return what ?? null
    if (ArrayBuffer.isView(what)) return { floats: write(what) }
    if (!Array.isArray(what)) return each(what, pack)
    const numbers = what.every(one => typeof one === "number")
    return numbers ? { floats: write(what) } : what.map(pack)
  }
  return pack(await (FUNCTION)(...unpack(packed)))
}"""


def call(page, function, *arguments):
    """Call a JavaScript function in a page, with every float as it is, bit for bit.

    JSON knows no inf, no nan and no −0, so floats go both ways as their bytes. A float
    arrives as a number and an array as a Float64Array; a whole number, a text, a list
    and a dict as what they are there. What comes back: a float for a number, an array
    for numbers in an array of any kind, lists and dicts for all else that holds parts.
    """

    def pack(what):
        if isinstance(what, float):
            return {"float": write(what)}
        if isinstance(what, np.ndarray):
            return {"floats": write(what)}
        if isinstance(what, list | tuple):
            return [pack(one) for one in what]
        if isinstance(what, dict):
            return {key: pack(one) for key, one in what.items()}
        return what

    def write(numbers):
        return base64.b64encode(np.asarray(numbers, "<f8").tobytes()).decode()

    def unpack(what):
        if isinstance(what, list):
            return [unpack(one) for one in what]
        if not isinstance(what, dict):
            return what
        if "float" in what:
            return read(what["float"]).item()
        if "floats" in what:
            return read(what["floats"])
        return {key: unpack(one) for key, one in what.items()}

    def read(text):
        return np.frombuffer(base64.b64decode(text), "<f8")

    return unpack(page.evaluate(CALL.replace("FUNCTION", function), pack(arguments)))


def fingers(page):
    """A function that puts fingers on a page: its kind of event, and where they are."""
    session = page.context.new_cdp_session(page)

    def touch(kind, *points):
        points = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(16)

    return touch
