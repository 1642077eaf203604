"""LeNet-5."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from gradpath.declarations import among, optional
from gradpath.initializations import INITIALIZATIONS, initialize_network
from gradpath.networks.network import DTYPES, Network, check_start, whole
from gradpath.refusals import one_of, refusal

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}


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
    channels = whole(where, "channels", channels, 1)
    size = whole(where, "size", size, 12)
    if not isinstance(activation, str) or activation not in ACTIVATIONS:
        raise refusal(where, "activation", activation, one_of(list(ACTIVATIONS)))
    outputs = check_start(where, outputs, init, seed, dtype)
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


NETWORK = Network(
    lenet,
    place=2,
    fields={"activation": optional(among(ACTIVATIONS)), "init": optional(among(INITIALIZATIONS))},
    from_data={"digits": {"size": 8}},
)
