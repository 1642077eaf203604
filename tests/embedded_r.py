"""R inside the test process, through rpy2, with R's {reticulate} calling back into this same Python.

{reticulate} calls Python without asking for the interpreter's lock, and rpy2's own calls give the lock up while
R runs; together they crash. So arguments and results travel through rpy2, and the call between them goes
through ctypes' PyDLL, which keeps the lock.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import platform
import sys
from typing import Any

import numpy as np


class EmbeddedR:
    """One R, for the rest of this process.

    Parameters
    ----------
    library : str
        Where the R package gradpath is installed.
    """

    def __init__(self, library: str) -> None:
        # Two libtorches cannot share a process, so here R stands on PyTorch whatever else is installed.
        os.environ |= {
            "R_LIBS": library,
            "GRADPATH_R_ENGINE": "pytorch",
            "RETICULATE_PYTHON": sys.executable,
        }
        import rpy2.robjects
        import rpy2.situation
        from rpy2.rinterface_lib import embedded

        # Ending R would run its finalizers, which call Python, without the lock.
        atexit.unregister(embedded.endr)
        self.robjects = rpy2.robjects
        path = rpy2.situation.get_rlib_path(rpy2.situation.get_r_home(), platform.system())
        self._r = ctypes.PyDLL(path)
        self._r.R_ParseEvalString.restype = ctypes.c_void_p
        self._r.R_ParseEvalString.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
        self._global = ctypes.c_void_p.in_dll(self._r, "R_GlobalEnv")

    def call(self, function: str, *values: Any, **named: Any) -> Any:
        """Call an R function; return its value, or the message of its error as a str."""
        arguments = [self._to_r(v) for v in values] + [self._to_r(v) for v in named.values()]
        names = [""] * len(values) + list(named)
        listed = self.robjects.r("list")(*arguments)
        self.robjects.globalenv["arguments"] = self.robjects.r("setNames")(listed, self.robjects.StrVector(names))
        code = f"result <- tryCatch(do.call({function}, arguments), error = conditionMessage)"
        self._r.R_ParseEvalString(code.encode(), self._global)
        result = self.robjects.globalenv["result"]
        return result[0] if isinstance(result, self.robjects.StrVector) else result

    def _to_r(self, value: Any) -> Any:
        if isinstance(value, list | tuple | np.ndarray):
            return self.robjects.FloatVector([float(v) for v in value])
        return value
