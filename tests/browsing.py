"""A local web server and a browser, for tests that look at the built site."""

import gzip
import shutil
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

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
