"""gradpath: the optimizers of deep learning, by hand and by optim, in Python and R, cross-checked."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# The public list, by module. Names are looked up when first used, so that the command line starts without
# loading torch.
_MODULES = {
    "surfaces": ["SURFACES", "get_surface", "surface_names"],
    "surfaces.surface": ["Surface"],
    "rules": ["UPDATE_RULES", "default_hyperparameters", "optimizer_names"],
    "rules.rule": ["Step"],
    "optimizers": ["make_optimizer", "seed_state"],
    "schedules": [
        "SCHEDULES",
        "chained_schedule",
        "constant_schedule",
        "cosine_periodic_schedule",
        "cosine_restarts_schedule",
        "cosine_schedule",
        "exponential_schedule",
        "factor_schedule",
        "gamma_for",
        "group_lambda_schedule",
        "half_period_for",
        "inverse_sqrt_schedule",
        "lambda_schedule",
        "make_schedule",
        "multi_step_schedule",
        "one_cycle_schedule",
        "polynomial_schedule",
        "schedule_names",
        "step_schedule",
        "warmup_schedule",
    ],
    "plateau": ["plateau_schedule"],
    "schedulers": ["make_scheduler", "schedule_rates"],
    "descent": ["descend"],
    "contours": ["plot_paths", "save_plot"],
    "maps": ["steps_to_reach"],
    "map_plots": ["plot_steps"],
    "schedule_plots": ["plot_schedules"],
    "walks": ["plot_walks"],
    "schedule_runs": ["draw_schedules", "read_schedules", "run_schedules"],
    "datasets": ["Data", "cifar10", "digits", "fashion_mnist", "split_data", "take_data"],
    "idx_files": ["read_idx"],
    "training": ["train_network"],
    "evaluation": ["evaluate_network"],
    "training_plots": ["plot_training"],
    "lab_declarations": ["read_labs"],
    "labs": ["run_labs"],
    "lab_pictures": ["draw_labs"],
    "checkpoints": ["load_weights", "save_weights"],
    "networks": ["count_parameters"],
    "initializations": ["INITIALIZATIONS", "initialize_network"],
    "clipping": ["clip_by_norm", "clip_by_value", "clip_gradients"],
    "scores": ["SCORES", "accuracy"],
    "recorded_tables": ["find_table"],
    "first_epoch": ["read_first_epochs", "run_first_epochs"],
    "experiments": ["read_experiments"],
    "runs": ["run_experiments", "draw_experiments"],
    "refusals": ["GradpathError"],
}
# What a rule or a network is called is the name of its file.
for _folder, _base in (("rules", "rule"), ("networks", "network")):
    for _module in iter_modules([str(Path(__file__).parent / _folder)]):
        if _module.name != _base:
            _MODULES[f"{_folder}.{_module.name}"] = [_module.name]
_HOME = {name: module for module, names in _MODULES.items() for name in names}
__all__ = ["__version__", *_HOME]

if TYPE_CHECKING:
    from gradpath.checkpoints import load_weights, save_weights
    from gradpath.clipping import clip_by_norm, clip_by_value, clip_gradients
    from gradpath.contours import plot_paths, save_plot
    from gradpath.datasets import Data, cifar10, digits, fashion_mnist, split_data, take_data
    from gradpath.descent import descend
    from gradpath.evaluation import evaluate_network
    from gradpath.experiments import read_experiments
    from gradpath.first_epoch import read_first_epochs, run_first_epochs
    from gradpath.idx_files import read_idx
    from gradpath.initializations import INITIALIZATIONS, initialize_network
    from gradpath.lab_declarations import read_labs
    from gradpath.lab_pictures import draw_labs
    from gradpath.labs import run_labs
    from gradpath.map_plots import plot_steps
    from gradpath.maps import steps_to_reach
    from gradpath.networks import count_parameters
    from gradpath.networks.lenet import lenet
    from gradpath.networks.small_cnn import small_cnn
    from gradpath.networks.tanh_network import tanh_network
    from gradpath.optimizers import make_optimizer, seed_state
    from gradpath.plateau import plateau_schedule
    from gradpath.recorded_tables import find_table
    from gradpath.refusals import GradpathError
    from gradpath.rules import UPDATE_RULES, default_hyperparameters, optimizer_names
    from gradpath.rules.adagrad import adagrad
    from gradpath.rules.adam import adam
    from gradpath.rules.adamw import adamw
    from gradpath.rules.momentum import momentum
    from gradpath.rules.nesterov import nesterov
    from gradpath.rules.rmsprop import rmsprop
    from gradpath.rules.rule import Step
    from gradpath.rules.sgd import sgd
    from gradpath.runs import draw_experiments, run_experiments
    from gradpath.schedule_plots import plot_schedules
    from gradpath.schedule_runs import draw_schedules, read_schedules, run_schedules
    from gradpath.schedulers import make_scheduler, schedule_rates
    from gradpath.schedules import (
        SCHEDULES,
        chained_schedule,
        constant_schedule,
        cosine_periodic_schedule,
        cosine_restarts_schedule,
        cosine_schedule,
        exponential_schedule,
        factor_schedule,
        gamma_for,
        group_lambda_schedule,
        half_period_for,
        inverse_sqrt_schedule,
        lambda_schedule,
        make_schedule,
        multi_step_schedule,
        one_cycle_schedule,
        polynomial_schedule,
        schedule_names,
        step_schedule,
        warmup_schedule,
    )
    from gradpath.scores import SCORES, accuracy
    from gradpath.surfaces import SURFACES, get_surface, surface_names
    from gradpath.surfaces.surface import Surface
    from gradpath.training import train_network
    from gradpath.training_plots import plot_training
    from gradpath.walks import plot_walks


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'gradpath' has no attribute '{name}'")
    return getattr(import_module(f"gradpath.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
