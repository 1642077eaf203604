"""A small convolutional network."""

from __future__ import annotations

from torch import nn

from gradpath.accepted import RATE, TRUE_OR_FALSE, is_number
from gradpath.declarations import among, optional
from gradpath.initializations import INITIALIZATIONS, initialize_network
from gradpath.networks.network import DTYPES, Network, check_start, whole
from gradpath.refusals import refusal


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
    channels = whole(where, "channels", channels, 1)
    size = whole(where, "size", size, 4)
    if not isinstance(batch_norm, bool):
        raise refusal(where, "batch_norm", batch_norm, "true or false")
    if not is_number(dropout) or not 0 <= dropout < 1:
        raise refusal(where, "dropout", dropout, "a number >= 0 and < 1")
    outputs = check_start(where, outputs, init, seed, dtype)
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


NETWORK = Network(
    small_cnn,
    place=3,
    fields={
        "batch_norm": optional(TRUE_OR_FALSE),
        "dropout": optional(RATE),
        "init": optional(among(INITIALIZATIONS)),
    },
    from_data={"digits": {"size": 8}},
)
