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
    "surfaces.own_surface": ["surface"],
    "surfaces.surface": ["Surface"],
    "rules": ["UPDATE_RULES", "default_hyperparameters", "optimizer_names"],
    "rules.rule": ["Step"],
    "optimizers": ["make_optimizer", "seed_state"],
    "own_optimizer": ["as_optimizer"],
    "schedules.schedules": [
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
    "schedules.plateau": ["plateau_schedule"],
    "schedules.library": ["make_scheduler", "schedule_rates"],
    "paths.descent": ["descend"],
    "pictures.canvas": ["save_plot"],
    "pictures.contours": ["plot_paths"],
    "pictures.paths_3d": ["plot_paths_3d"],
    "pictures.surface_pages": ["write_surface_page"],
    "paths.maps": ["steps_to_reach"],
    "pictures.maps": ["plot_steps"],
    "pictures.schedules": ["plot_schedules"],
    "pictures.walks": ["plot_walks"],
    "workshop.schedule_runs": ["draw_schedules", "read_schedules", "run_schedules"],
    "data.datasets": ["Data", "cifar10", "digits", "fashion_mnist", "split_data", "take_data"],
    "data.idx_files": ["read_idx"],
    "training.train_network": ["train_network"],
    "training.evaluation": ["evaluate_network"],
    "pictures.training": ["plot_training"],
    "checks.check_rule": ["check_rule"],
    "checks.mistakes": ["MISTAKES"],
    "checks.rule_report": ["RuleReport"],
    "workshop.lab_declarations": ["read_labs"],
    "workshop.labs": ["run_labs"],
    "workshop.lab_pictures": ["draw_labs"],
    "training.checkpoints": ["load_weights", "save_weights"],
    "networks": ["count_parameters"],
    "initializations": ["INITIALIZATIONS", "initialize_network"],
    "training.kept_weights": ["flat_weights"],
    "training.loss_slices": ["loss_slice", "project_path"],
    "training.clipping": ["clip_by_norm", "clip_by_value", "clip_gradients"],
    "training.scores": ["SCORES", "accuracy"],
    "workshop.recorded_tables": ["find_table"],
    "workshop.first_epochs": ["read_first_epochs", "run_first_epochs"],
    "workshop.course_surfaces": ["load_surfaces"],
    "workshop.course": ["new_course"],
    "workshop.experiments": ["read_experiments"],
    "workshop.runs": ["run_experiments", "draw_experiments"],
    "refusals": ["GradpathError"],
}
# What a rule or a network is called is the name of its file.
for _folder, _base in (("rules", ("rule", "own_rule")), ("networks", ("network",))):
    for _module in iter_modules([str(Path(__file__).parent / _folder)]):
        if _module.name not in _base:
            _MODULES[f"{_folder}.{_module.name}"] = [_module.name]
_HOME = {name: module for module, names in _MODULES.items() for name in names}
__all__ = ["__version__", *_HOME]

if TYPE_CHECKING:
    from gradpath.checks.check_rule import check_rule
    from gradpath.checks.mistakes import MISTAKES
    from gradpath.checks.rule_report import RuleReport
    from gradpath.data.datasets import Data, cifar10, digits, fashion_mnist, split_data, take_data
    from gradpath.data.idx_files import read_idx
    from gradpath.initializations import INITIALIZATIONS, initialize_network
    from gradpath.networks import count_parameters
    from gradpath.networks.lenet import lenet
    from gradpath.networks.small_cnn import small_cnn
    from gradpath.networks.tanh_network import tanh_network
    from gradpath.optimizers import make_optimizer, seed_state
    from gradpath.own_optimizer import as_optimizer
    from gradpath.paths.descent import descend
    from gradpath.paths.maps import steps_to_reach
    from gradpath.pictures.canvas import save_plot
    from gradpath.pictures.contours import plot_paths
    from gradpath.pictures.maps import plot_steps
    from gradpath.pictures.paths_3d import plot_paths_3d
    from gradpath.pictures.schedules import plot_schedules
    from gradpath.pictures.surface_pages import write_surface_page
    from gradpath.pictures.training import plot_training
    from gradpath.pictures.walks import plot_walks
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
    from gradpath.schedules.library import make_scheduler, schedule_rates
    from gradpath.schedules.plateau import plateau_schedule
    from gradpath.schedules.schedules import (
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
    from gradpath.surfaces import SURFACES, get_surface, surface_names
    from gradpath.surfaces.own_surface import surface
    from gradpath.surfaces.surface import Surface
    from gradpath.training.checkpoints import load_weights, save_weights
    from gradpath.training.clipping import clip_by_norm, clip_by_value, clip_gradients
    from gradpath.training.evaluation import evaluate_network
    from gradpath.training.kept_weights import flat_weights
    from gradpath.training.loss_slices import loss_slice, project_path
    from gradpath.training.scores import SCORES, accuracy
    from gradpath.training.train_network import train_network
    from gradpath.workshop.course import new_course
    from gradpath.workshop.experiments import read_experiments
    from gradpath.workshop.first_epochs import read_first_epochs, run_first_epochs
    from gradpath.workshop.lab_declarations import read_labs
    from gradpath.workshop.lab_pictures import draw_labs
    from gradpath.workshop.labs import run_labs
    from gradpath.workshop.course_surfaces import load_surfaces
    from gradpath.workshop.recorded_tables import find_table
    from gradpath.workshop.runs import draw_experiments, run_experiments
    from gradpath.workshop.schedule_runs import draw_schedules, read_schedules, run_schedules


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'gradpath' has no attribute '{name}'")
    return getattr(import_module(f"gradpath.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
