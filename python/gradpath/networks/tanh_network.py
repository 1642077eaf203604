"""A plain network of tanh layers."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from gradpath.declarations import among, is_filled, optional
from gradpath.initializations import INITIALIZATIONS, initialize_network
from gradpath.networks.network import DTYPES, Network, check_start, whole
from gradpath.refusals import refusal
from gradpath.schedules.fields import is_whole

_WIDTHS = (lambda v: is_filled(v) and all(is_whole(w, 1) for w in v), "a list of one or more whole numbers >= 1")


def tanh_network(
    inputs: int = 784,
    hidden: Sequence[int] = (128, 64, 32),
    outputs: int = 10,
    init: str = "default",
    seed: int | None = None,
    dtype: str = "float32",
) -> nn.Sequential:
    """Return a plain network: flatten, a linear layer and tanh for every hidden width, and a linear layer.

    Many equal widths make the deep plain network.

    Parameters
    ----------
    inputs : int
        Numbers in one sample, at least 1: 784 for a picture of 28 by 28.
    hidden : sequence of int
        Widths of the hidden layers, one or more, each at least 1. Glorot and Bengio (2010) trained one to five
        tanh layers of 1000 units; the default is small enough for an epoch of seconds on a laptop.
    outputs : int
        How many classes, at least 1.
    init : str
        How the first weights are drawn; see :func:`initialize_network`.
    seed : int, optional
        Given to ``torch.manual_seed`` before the weights are drawn: the same first weights in Python and R, to the
        last bit. Without it they come from wherever the generator stands.
    dtype : {"float32", "float64"}
        Of the weights, which are drawn in it.

    Returns
    -------
    torch.nn.Sequential
        Takes a tensor of shape (batch, ...) with ``inputs`` numbers per sample, gives (batch, outputs).

    Raises
    ------
    GradpathError
        Bad input; one line.

    References
    ----------
    Glorot, Bengio: Understanding the difficulty of training deep feedforward neural networks. AISTATS 2010.

    Examples
    --------
    >>> count_parameters(tanh_network())
    111146
    """
    where = "tanh_network()"
    inputs = whole(where, "inputs", inputs, 1)
    if not isinstance(hidden, list | tuple) or not hidden or not all(is_whole(width, 1) for width in hidden):
        raise refusal(where, "hidden", hidden, "one or more whole numbers >= 1")
    hidden = [int(width) for width in hidden]
    outputs = check_start(where, outputs, init, seed, dtype)
    layers: list[nn.Module] = [nn.Flatten()]
    widths = [inputs, *hidden]
    for before, width in zip(widths, hidden, strict=False):
        layers += [nn.Linear(before, width, dtype=DTYPES[dtype]), nn.Tanh()]
    layers += [nn.Linear(widths[-1], outputs, dtype=DTYPES[dtype])]
    return initialize_network(nn.Sequential(*layers), init)


NETWORK = Network(
    tanh_network,
    place=1,
    fields={"hidden": optional(_WIDTHS), "init": optional(among(INITIALIZATIONS))},
    from_data={"digits": {"inputs": 64}},
)
