"""Imports PyTorch into R's process so that it multiplies matrices with its own BLAS.

R is linked with a BLAS, on many machines the slow reference one, and the names in it (`sgemm_`) come before those
of every library loaded later. PyTorch would then compute with R's BLAS: up to 20 times slower, and with other
last bits than in Python. RTLD_DEEPBIND makes a library look for its own names first. Only Linux has it, and only
Linux needs it: elsewhere a name stays with the library that it was linked with.
"""

import os
import sys

if "torch" not in sys.modules and hasattr(os, "RTLD_DEEPBIND"):
    _before = sys.getdlopenflags()
    sys.setdlopenflags(_before | os.RTLD_DEEPBIND)
    try:
        import torch
    finally:
        sys.setdlopenflags(_before)
else:
    import torch

__all__ = ["torch"]
