"""The networks that the lessons train."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from gradpath.hyperparameters import is_number, require
from gradpath.initializations import check_initialization, initialize_network
from gradpath.refusals import one_of, refusal
from gradpath.schedule_fields import is_whole

DTYPES = {"float64": torch.float64, "float32": torch.float32}
ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}


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
    inputs = _whole(where, "inputs", inputs, 1)
    if not isinstance(hidden, list | tuple) or not hidden or not all(is_whole(width, 1) for width in hidden):
        raise refusal(where, "hidden", hidden, "one or more whole numbers >= 1")
    hidden = [int(width) for width in hidden]
    outputs = _check_start(where, outputs, init, seed, dtype)
    layers: list[nn.Module] = [nn.Flatten()]
    widths = [inputs, *hidden]
    for before, width in zip(widths, hidden, strict=False):
        layers += [nn.Linear(before, width, dtype=DTYPES[dtype]), nn.Tanh()]
    layers += [nn.Linear(widths[-1], outputs, dtype=DTYPES[dtype])]
    return initialize_network(nn.Sequential(*layers), init)


def lenet(
    channels: int = 1,
    size: int = 28,
    outputs: int = 10,
    activation: str = "relu",
    init: str = "default",
    seed: int | None = None,
    dtype: str = "float32",
) -> nn.Sequential:
    """Return LeNet-5 as it is taught today.

    Two convolutions (6 and 16 kernels of 5 by 5, the first with a margin of 2 zeros), each followed by the
    activation and max pooling by 2; then linear layers of 120, 84 and ``outputs`` units. The original of 1998 has
    tanh, trainable average pooling, sparse connections between the convolutions and radial basis functions at its
    end.

    Parameters
    ----------
    channels : int
        1 for grey pictures, 3 for coloured ones.
    size : int
        Height and width of the pictures, at least 12: smaller ones shrink to nothing. 28 gives 61,706 parameters.
    outputs : int
        How many classes, at least 1.
    activation : {"relu", "sigmoid", "tanh"}
    init, seed, dtype
        As for :func:`tanh_network`.

    Returns
    -------
    torch.nn.Sequential
        Takes (batch, channels, size, size), gives (batch, outputs).

    Raises
    ------
    GradpathError
        Bad input; one line.

    References
    ----------
    LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition. Proceedings of the IEEE
    86 (1998) 2278-2324.

    Examples
    --------
    >>> count_parameters(lenet())
    61706
    """
    where = "lenet()"
    channels = _whole(where, "channels", channels, 1)
    size = _whole(where, "size", size, 12)
    if not isinstance(activation, str) or activation not in ACTIVATIONS:
        raise refusal(where, "activation", activation, one_of(list(ACTIVATIONS)))
    outputs = _check_start(where, outputs, init, seed, dtype)
    kind, activate = DTYPES[dtype], ACTIVATIONS[activation]
    side = (size // 2 - 4) // 2
    model = nn.Sequential(
        *(nn.Conv2d(channels, 6, 5, padding=2, dtype=kind), activate(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5, dtype=kind), activate(), nn.MaxPool2d(2)),
        nn.Flatten(),
        *(nn.Linear(16 * side * side, 120, dtype=kind), activate()),
        *(nn.Linear(120, 84, dtype=kind), activate()),
        nn.Linear(84, outputs, dtype=kind),
    )
    return initialize_network(model, init)


def small_cnn(
    channels: int = 1,
    size: int = 28,
    outputs: int = 10,
    batch_norm: bool = False,
    dropout: float = 0.0,
    init: str = "default",
    seed: int | None = None,
    dtype: str = "float32",
) -> nn.Sequential:
    """Return a small convolutional network, with batch norm and dropout to choose.

    Two blocks of convolution (16 and 32 kernels of 3 by 3, a margin of 1 zero), batch norm where asked for, ReLU and
    max pooling by 2; dropout where asked for; linear layers of 64 (with ReLU) and ``outputs`` units.

    Parameters
    ----------
    channels : int
        1 for grey pictures, 3 for coloured ones.
    size : int
        Height and width of the pictures, at least 4.
    outputs : int
        How many classes, at least 1.
    batch_norm : bool
    dropout : float
        The share of numbers that are set to zero in training, at least 0 and below 1.
    init, seed, dtype
        As for :func:`tanh_network`.

    Returns
    -------
    torch.nn.Sequential
        Takes (batch, channels, size, size), gives (batch, outputs).

    Raises
    ------
    GradpathError
        Bad input; one line.

    References
    ----------
    Ioffe, Szegedy: Batch normalization: accelerating deep network training by reducing internal covariate shift. ICML
    2015. Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov: Dropout: a simple way to prevent neural networks
    from overfitting. JMLR 15 (2014) 1929-1958.
    """
    where = "small_cnn()"
    channels = _whole(where, "channels", channels, 1)
    size = _whole(where, "size", size, 4)
    if not isinstance(batch_norm, bool):
        raise refusal(where, "batch_norm", batch_norm, "true or false")
    if not is_number(dropout) or not 0 <= dropout < 1:
        raise refusal(where, "dropout", dropout, "a number >= 0 and < 1")
    outputs = _check_start(where, outputs, init, seed, dtype)
    kind = DTYPES[dtype]
    layers: list[nn.Module] = []
    for before, after in ((channels, 16), (16, 32)):
        layers += [nn.Conv2d(before, after, 3, padding=1, dtype=kind)]
        layers += [nn.BatchNorm2d(after, dtype=kind)] if batch_norm else []
        layers += [nn.ReLU(), nn.MaxPool2d(2)]
    layers += [nn.Flatten()]
    layers += [nn.Dropout(dropout)] if dropout > 0 else []
    side = size // 2 // 2
    layers += [nn.Linear(32 * side * side, 64, dtype=kind), nn.ReLU(), nn.Linear(64, outputs, dtype=kind)]
    return initialize_network(nn.Sequential(*layers), init)


def count_parameters(model: nn.Module) -> int:
    """Return how many numbers a network learns.

    Parameters
    ----------
    model : torch.nn.Module
    """
    return sum(parameter.numel() for parameter in model.parameters())


def _whole(where: str, field: str, value: Any, least: int) -> int:
    if not is_whole(value, least):
        raise refusal(where, field, value, f"a whole number >= {least}")
    return int(value)


# What all networks check last; then the weights may be drawn, from the seed if there is one.
def _check_start(where: str, outputs: Any, init: Any, seed: Any, dtype: Any) -> int:
    outputs = _whole(where, "outputs", outputs, 1)
    check_initialization(where, init)
    require(where, "dtype", dtype)
    if seed is not None:
        require(where, "seed", seed)
        torch.manual_seed(int(seed))
    return outputs
