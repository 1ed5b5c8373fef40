"""Where a site's readers fetch Python from, as tests have it: a server of another host.

It gives out Pyodide's core, as the npm package holds it, and the stand-ins for NumPy
and Matplotlib. It can be told to fail.
"""

import threading
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import stand_ins


class Elsewhere:
    """Files by name, what has been asked for, and what shall go wrong.

    Parameters
    ----------
    files : dict
        The path or the content of each file, by its name.
    """

    def __init__(self, files):
        self.files = files
        self.asked = []
        self.faults = {}
        """By file name: "missing", "cut" or "changed"."""

    def answer(self, handler):
        name = handler.path.rpartition("/")[2]
        self.asked.append(name)
        fault = self.faults.get(name)
        content = self.files.get(name)
        if content is None or fault == "missing":
            handler.send_response(404)
            handler.send_header("Access-Control-Allow-Origin", "*")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        content = content if isinstance(content, bytes) else content.read_bytes()
        handler.send_response(200)
        handler.send_header("Access-Control-Allow-Origin", "*")
        handler.send_header("Cache-Control", "max-age=3600")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        if fault == "changed":
            content = content[:-1] + bytes([content[-1] ^ 1])
        if fault == "cut":
            content = content[: len(content) // 2]
        handler.wfile.write(content)
        if fault == "cut":
            handler.wfile.flush()
            handler.connection.shutdown(2)


class Handler(BaseHTTPRequestHandler):
    def __init__(self, *arguments, elsewhere):
        self.elsewhere = elsewhere
        super().__init__(*arguments)

    def do_GET(self):
        self.elsewhere.answer(self)

    def log_message(self, *arguments):
        pass


@contextmanager
def offering(core):
    """Serve the core in this folder, and the stand-ins."""
    files = {path.name: path for path in core.iterdir()}
    files |= {stand_ins.file_name(one): made for one, made in stand_ins.WHEELS.items()}
    elsewhere = Elsewhere(files)
    handler = partial(Handler, elsewhere=elsewhere)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        elsewhere.address = f"http://127.0.0.1:{server.server_address[1]}/python/"
        try:
            yield elsewhere
        finally:
            server.shutdown()
            thread.join()
