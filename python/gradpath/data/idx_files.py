"""Reads IDX files, the format in which MNIST and its relatives are handed out."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gradpath.refusals import GradpathError

# Two zero bytes, the type of the numbers (8: unsigned bytes), how many dimensions.
UNSIGNED_BYTES = 8


def read_idx(path: str | Path) -> Tensor:
    """Read one IDX file of unsigned bytes.

    Parameters
    ----------
    path : str or Path
        Plain or compressed by gzip (its name then ends in ``.gz``).

    Returns
    -------
    Tensor of dtype uint8
        Of the shape that the file states.

    Raises
    ------
    GradpathError
        If the file is missing, not an IDX file of unsigned bytes, or shorter or longer than it states.

    References
    ----------
    The format is described with the MNIST database of LeCun, Cortes and Burges.
    """
    content = _content(Path(path))
    magic = content[:4]
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] != UNSIGNED_BYTES or magic[3] == 0:
        raise GradpathError(
            f"{path}: begins with the bytes {magic.hex(' ') or 'none'}; use an IDX file of unsigned bytes,"
            " 00 00 08 and the number of dimensions"
        )
    start = 4 + 4 * magic[3]
    shape = (
        np.frombuffer(content[4 : min(start, len(content))], dtype=">u4").tolist() if len(content) >= start else []
    )
    if shape and math.prod(shape) == 0:
        stated = " x ".join(map(str, shape))
        raise GradpathError(f"{path}: states that it holds {stated} numbers; use a file that holds some")
    expected = start + math.prod(shape)
    if not shape or len(content) != expected:
        stated = f"{expected:,} bytes for {' x '.join(map(str, shape))}" if shape else f"{start} bytes for its head"
        raise GradpathError(f"{path}: has {len(content):,} bytes; use a whole file, {stated}")
    return torch.from_numpy(np.frombuffer(content, np.uint8, offset=start).copy()).reshape(shape)


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        if path.suffix != ".gz":
            return content
        if not content:
            # What Python takes for a compressed nothing.
            raise EOFError
        return gzip.decompress(content)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise GradpathError(f"{path}: cannot be decompressed; use a whole file compressed by gzip") from error
    except OSError as error:
        raise GradpathError(f"{path}: cannot be read; use an IDX file") from error
