"""gradpath: the optimizers of deep learning, by hand and by optim, in Python and R, cross-checked."""

from gradpath.descent import descend
from gradpath.hyperparameters import check_hyperparameters
from gradpath.optimizers import make_optimizer, seed_state
from gradpath.refusals import GradpathError
from gradpath.surfaces import SURFACES, Surface, get_surface, surface_names
from gradpath.update_rules import (
    UPDATE_RULES,
    adagrad,
    adam,
    adamw,
    default_hyperparameters,
    momentum,
    nesterov,
    optimizer_names,
    rmsprop,
    sgd,
)

__version__ = "0.1.0"
