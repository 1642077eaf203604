"""The classic mistakes in writing an update rule: a name, one sentence of why, and where the book says more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Variants = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Mistake:
    """One mistake.

    Attributes
    ----------
    name : str
    why : str
        One sentence.
    see : str
        Page and anchor of the book.
    variants : dict of str to tuple of tuple of str
        For each rule that it can befall, the switches of :func:`mistaken_step` that make it; the same mistake may be
        written in several ways. Empty where it is not told by its numbers.
    """

    name: str
    why: str
    see: str
    variants: Mapping[str, Variants] = field(default_factory=dict)


_VELOCITY = ("momentum", "nesterov")
_ADAMS = ("adam", "adamw")
_AVERAGES = ("rmsprop", *_ADAMS)
_QUOTIENTS = ("adagrad", *_AVERAGES)
_STATES = (*_VELOCITY, *_QUOTIENTS)
_ALL = ("sgd", *_STATES)

# Told by what the function does, not by its numbers.
IN_PLACE = "changed in place"
NO_STATE = "state not returned"
SINGLE = "single precision"


def _each(rules: tuple[str, ...], *variants: tuple[str, ...]) -> dict[str, Variants]:
    return dict.fromkeys(rules, variants)


_LISTED = (
    Mistake(
        "no bias correction",
        "Averages that start at zero are too small at first; dividing both by 1 - beta^t makes up for it, and the"
        " rule divides one or neither.",
        "book/07-adam.html#sec-bias-correction",
        _each(_ADAMS, ("m uncorrected", "v uncorrected"), ("m uncorrected",), ("v uncorrected",)),
    ),
    Mistake(
        "bias correction with t from 0",
        "The first step is step 1: with t = 0, 1 - beta^t is zero and the first step divides by it.",
        "book/07-adam.html#sec-adam-rule",
        _each(_ADAMS, ("count from zero",)),
    ),
    Mistake(
        "eps inside the root",
        "eps is added to the root, not under it: under it, it counts as its own root, and 1e-8 becomes 1e-4.",
        "book/05-adagrad.html#sec-adagrad-rule",
        _each(_QUOTIENTS, ("eps inside",)),
    ),
    Mistake(
        "root forgotten",
        "The gradient is divided by the root of its squares; divided by the squares themselves, small gradients make"
        " large steps.",
        "book/06-rmsprop.html#sec-rmsprop-rule",
        _each(_QUOTIENTS, ("no root",)),
    ),
    Mistake(
        "started at the gradient",
        "The state starts at zero; started at the first gradient or its square, that gradient counts twice.",
        "book/06-rmsprop.html#sec-start-of-average",
        _each(("momentum", "nesterov", "adagrad", "rmsprop"), ("from gradient",))
        | _each(_ADAMS, ("from gradient",), ("from gradient", "m uncorrected", "v uncorrected")),
    ),
    Mistake(
        "rate inside the velocity",
        "The velocity gathers plain gradients and the rate multiplies all of it; with the rate inside, a rate that"
        " drops leaves the old velocity as fast as it was.",
        "book/04-momentum.html#sec-two-conventions",
        _each(_VELOCITY, ("rate inside",)),
    ),
    Mistake(
        "velocity as an average",
        "PyTorch's velocity is a sum, v = momentum v + g; with (1 - momentum) g it is an average, and steps are"
        " shorter by that factor.",
        "book/04-momentum.html#sec-two-conventions",
        _each(_VELOCITY, ("averaged",)),
    ),
    Mistake(
        "decay factors swapped",
        "The old value is multiplied by the factor and the new one by 1 minus it; the other way round, the past is"
        " almost forgotten at every step.",
        "book/04-momentum.html#sec-fading-weights",
        _each(_VELOCITY, ("swapped",), ("swapped decay",))
        | _each(("rmsprop",), ("v swapped",))
        | _each(_ADAMS, ("m swapped", "v swapped"), ("m swapped",), ("v swapped",)),
    ),
    Mistake(
        "betas exchanged",
        "beta1 belongs to the average of the gradient, beta2 to that of its square.",
        "book/07-adam.html#sec-adam-rule",
        _each(_ADAMS, ("exchanged",)),
    ),
    Mistake(
        "1 - beta forgotten",
        "In an average the new value has the weight 1 - beta; without it, the average becomes many times too large.",
        "book/04-momentum.html#sec-fading-weights",
        _each(("rmsprop",), ("v unweighted",))
        | _each(_ADAMS, ("m unweighted", "v unweighted"), ("m unweighted",), ("v unweighted",)),
    ),
    Mistake(
        "squares summed",
        "The squares are averaged, so that old ones fade; summed they only grow, and the steps run dry as Adagrad's.",
        "book/06-rmsprop.html#sec-rmsprop-rule",
        _each(_AVERAGES, ("summed",)),
    ),
    Mistake(
        "squares averaged",
        "Adagrad sums the squares and forgets none; averaged they fade, which is RMSProp.",
        "book/05-adagrad.html#sec-adagrad-rule",
        _each(("adagrad",), ("mean",), ("average 0.9",), ("average 0.99",), ("average 0.999",)),
    ),
    Mistake(
        "no look-ahead",
        "Nesterov's step is g + momentum v; with v alone it is the heavy ball.",
        "book/04-momentum.html#sec-look-ahead",
        _each(("nesterov",), ("no look-ahead",)),
    ),
    Mistake(
        "coupled decay",
        "AdamW shrinks x beside the step; added to the gradient, the decay goes through the averages and is divided"
        " by their root.",
        "book/07-adam.html#sec-decoupled-decay",
        _each(("adamw",), ("coupled",)),
    ),
    Mistake(
        "decoupled decay",
        "Here the decay is added to the gradient, and goes through what the rule does to gradients; shrinking x"
        " beside the step is AdamW's way.",
        "book/07-adam.html#sec-decoupled-decay",
        _each(("momentum", "nesterov", "adagrad", "rmsprop", "adam"), ("decoupled",)),
    ),
    Mistake(
        "decay without the rate",
        "AdamW multiplies x by 1 - lr weight_decay; without lr, x shrinks as much at a small rate as at a large one.",
        "book/07-adam.html#sec-decoupled-decay",
        _each(("adamw",), ("decay without rate",)),
    ),
    Mistake(
        "decay left out",
        "The rule takes a weight_decay and does nothing with it.",
        "book/07-adam.html#sec-decoupled-decay",
        _each(_ALL, ("no decay",)),
    ),
    Mistake(
        "sign wrong",
        "The gradient points uphill: the step is subtracted.",
        "book/03-steepest-descent.html#sec-steepest-descent-rule",
        _each(_ALL, ("sign",)),
    ),
    Mistake(
        NO_STATE,
        "What a rule returns as its state is handed to its next call; without it, every step is a first one.",
        "book/02-optimizer-objects.html#sec-optimizer-state",
        _each(_STATES, ("forgets",)),
    ),
    Mistake(
        IN_PLACE,
        "The x and g that a rule is given belong to the caller, whose numbers change with them; work on a clone.",
        "book/02-optimizer-objects.html#sec-optimizer-state",
    ),
    Mistake(
        SINGLE,
        "Some number was rounded to float32 on the way, such as a scalar on the left of a tensor in R or a counter"
        " kept in a tensor: only about seven digits are right.",
        "book/09-agreement.html#sec-scalar-on-the-left",
    ),
)
MISTAKES: dict[str, Mistake] = {mistake.name: mistake for mistake in _LISTED}
