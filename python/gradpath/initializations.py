"""How the first weights of a network are drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from torch import Tensor, nn

from gradpath.refusals import one_of, refusal

# The standard deviation of "small".
SMALL_STD = 1e-4
Network = TypeVar("Network", bound=nn.Module)


def _small(weight: Tensor) -> None:
    nn.init.normal_(weight, 0.0, SMALL_STD)


def _he(weight: Tensor) -> None:
    nn.init.kaiming_normal_(weight, mode="fan_in", nonlinearity="relu")


# How a weight is drawn in place, by name; "default" leaves what the library drew when it made the layer.
INITIALIZATIONS: dict[str, Callable[[Tensor], Any] | None] = {
    "default": None,
    "zeros": nn.init.zeros_,
    "small": _small,
    "xavier": nn.init.xavier_uniform_,
    "he": _he,
}


def initialize_network(model: Network, init: str) -> Network:
    """Draw the weights of a network's linear and convolutional layers anew, in place, and set their biases to zero.

    Parameters
    ----------
    model : torch.nn.Module
        Parameters of fewer than two dimensions that are no bias of such a layer, as in batch norm, stay as they are.
    init : str
        ``"default"`` leaves everything as the library drew it; ``"zeros"``: all weights zero; ``"small"``: normal
        with standard deviation 1e-4, too small for signals to get through; ``"xavier"``: uniform within
        sqrt(6 / (fan in + fan out)), equation 16 of Glorot and Bengio (2010); ``"he"``: normal with standard
        deviation sqrt(2 / fan in), equation 10 of He et al. (2015).

    Returns
    -------
    torch.nn.Module
        The same model.

    Raises
    ------
    GradpathError
        For another name.

    References
    ----------
    Glorot, Bengio: Understanding the difficulty of training deep feedforward neural networks. AISTATS 2010.
    He, Zhang, Ren, Sun: Delving deep into rectifiers. ICCV 2015.
    """
    check_initialization("initialize_network()", init)
    draw = INITIALIZATIONS[init]
    if draw is None:
        return model
    parameters = dict(model.named_parameters())
    for name, parameter in parameters.items():
        if name.endswith("weight") and parameter.dim() > 1:
            draw(parameter)
            bias = parameters.get(name.removesuffix("weight") + "bias")
            if bias is not None:
                nn.init.zeros_(bias)
    return model


def check_initialization(where: str, init: Any) -> None:
    """Refuse a name that is not in INITIALIZATIONS.

    Raises
    ------
    GradpathError
        One line.
    """
    if not isinstance(init, str) or init not in INITIALIZATIONS:
        raise refusal(where, "init", init, one_of(list(INITIALIZATIONS)))
