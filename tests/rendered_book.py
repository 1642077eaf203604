"""The book's sources in a folder of their own, and a server for what was rendered from them."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def sources(project: Path, folder: Path) -> Path:
    """Copy what the book is rendered from."""
    for part in ("book", "shared_figures", "python/lessons", "r/lessons"):
        shutil.copytree(project / part, folder / part, ignore=shutil.ignore_patterns("*.png", "__pycache__", "fonts"))
    for name in ("_quarto.yml", "index.qmd"):
        shutil.copy(project / name, folder)
    return folder


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine alone; hand out its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
