"""R inside a Python process, through rpy2, with R's {reticulate} calling back into that same Python.

{reticulate} calls Python without asking for the interpreter's lock, and rpy2's own calls give the lock up while
R runs; together they crash. So arguments and results travel through rpy2, and the calls between them go
through ctypes' PyDLL, which keeps the lock. R's collector is such a caller too: it gives Python objects back
whenever it runs. So garbage is collected after the calls, while the lock is held, and none is left for a
collection in the middle of rpy2's own work.

The process is one of its own: a crash there is a failed test and not a lost test run.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import platform
import sys
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np

SECONDS = 240
Call = tuple[tuple[Any, ...], dict[str, Any]]
_r: Any = None  # the R of the child process


class EmbeddedR:
    """A Python process with R in it.

    Parameters
    ----------
    library : str
        Where the R package gradpath is installed.
    """

    def __init__(self, library: str) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._child = ProcessPoolExecutor(1, spawn, initializer=_start, initargs=(library,))

    def call(self, function: str, *values: Any, **named: Any) -> Any:
        """Call an R function there.

        Returns
        -------
        dict, array or str
            A data frame as its columns, with the attribute `status` among them; numbers; a text, or the message
            of the R error.
        """
        return self.calls(function, [(values, named)])[0]

    def calls(self, function: str, calls: list[Call]) -> list[Any]:
        """Call an R function many times, and collect R's garbage once."""
        return self._child.submit(_calls, function, calls).result(timeout=SECONDS)

    def close(self) -> None:
        """End the process."""
        self._child.shutdown()


class _R:
    def __init__(self, library: str) -> None:
        # Two libtorches cannot share a process, so here R stands on PyTorch whatever else is installed.
        os.environ |= {
            "R_LIBS": library,
            "GRADPATH_R_ENGINE": "pytorch",
            "RETICULATE_PYTHON": sys.executable,
        }
        import atexit

        import rpy2.robjects
        import rpy2.situation
        from rpy2.rinterface_lib import embedded

        # Ending R would run its finalizers, which call Python, without the lock.
        atexit.unregister(embedded.endr)
        self.objects = rpy2.robjects
        path = rpy2.situation.get_rlib_path(rpy2.situation.get_r_home(), platform.system())
        self._dll = ctypes.PyDLL(path)
        self._dll.R_ParseEvalString.restype = ctypes.c_void_p
        self._dll.R_ParseEvalString.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
        self._global = ctypes.c_void_p.in_dll(self._dll, "R_GlobalEnv")

    def evaluate(self, code: str) -> None:
        """Evaluate code at R's top level and collect the garbage, with Python's lock held."""
        self._dll.R_ParseEvalString(f"{{ {code}; gc(FALSE) }}".encode(), self._global)

    def arguments(self, call: Call) -> Any:
        values, named = call
        names = self.objects.StrVector([""] * len(values) + list(named))
        listed = self.objects.r("list")(*(self._to_r(v) for v in (*values, *named.values())))
        return self.objects.r("setNames")(listed, names)

    def _to_r(self, value: Any) -> Any:
        if isinstance(value, list | tuple | np.ndarray):
            return self.objects.FloatVector([float(v) for v in value])
        return value

    def to_python(self, result: Any) -> Any:
        if isinstance(result, self.objects.StrVector):
            return result[0]
        if isinstance(result, self.objects.DataFrame):
            columns = {name: np.array(result.rx2(name)) for name in result.names}
            return columns | {"status": result.do_slot("status")[0]}
        return np.array(result)


def _start(library: str) -> None:
    global _r
    _r = _R(library)


def _calls(function: str, calls: list[Call]) -> list[Any]:
    objects = _r.objects
    objects.globalenv["calls"] = objects.r("list")(*(_r.arguments(call) for call in calls))
    called = f"tryCatch(do.call({function}, arguments), error = conditionMessage)"
    _r.evaluate(f"results <- lapply(calls, function(arguments) {called})")
    return [_r.to_python(result) for result in objects.globalenv["results"]]
