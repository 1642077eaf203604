"""The updates of one training run: by the rules written out, or by the library's optimizer object."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from gradpath.optimizers import seed_state
from gradpath.own_optimizer import optimizer_of
from gradpath.refusals import GradpathError
from gradpath.rules.own_rule import OwnStep, state_as_tensors, state_from_tensors
from gradpath.rules.rule import Rule, State
from gradpath.schedules.library import RateByHand, Scheduler, make_scheduler, step_scheduler
from gradpath.schedules.schedules import Rate
from gradpath.training.clipping import clip_by_norm, clip_by_value, clip_gradients

Schedule = Mapping[str, Any] | Rate
Metrics = Iterable[float | None]


class Updates(Protocol):
    """What the training loop asks of either way."""

    @property
    def lr(self) -> float:
        """The rate of the next update."""

    def step(self) -> None:
        """Clip the gradients that ``backward()`` left, and update the parameters."""

    def step_schedule(self, metric: float | None) -> None:
        """Go on to the next rate."""

    def state(self) -> dict[str, Tensor]:
        """Return everything that the next update depends on, the parameters and the rate aside."""

    def resume(self, state: Mapping[str, Tensor], metrics: Metrics) -> None:
        """Go on from a state, and from the rate to which the steps of the schedule so far have led."""


def make_updates(
    where: str,
    model: nn.Module,
    method: str,
    rule: Rule,
    hyperparameters: dict[str, Any],
    schedule: Schedule | None,
    clip: Mapping[str, float] | None,
    fused: bool,
) -> Updates:
    """Return the updates of a model's parameters by one of the two methods.

    Raises
    ------
    GradpathError
        If the model has no parameters.
    """
    parameters = [p for p in model.parameters() if p.requires_grad]
    if not parameters:
        raise GradpathError(f"{where}: model: has no parameter to train; use a network with some")
    if method == "manual":
        by_hand = _OwnByHand if isinstance(rule.step, OwnStep) else _ByHand
        return by_hand(where, parameters, rule, hyperparameters, schedule, clip)
    return _ByOptim(where, parameters, rule, hyperparameters, schedule, clip, fused)


class _ByHand:
    # The rules by hand, on all parameters laid end to end in one tensor: a rule works element by
    # element, so one call for all parameters gives what a call for each of them gives.

    def __init__(
        self,
        where: str,
        parameters: Sequence[Tensor],
        rule: Rule,
        hyperparameters: dict[str, Any],
        schedule: Schedule | None,
        clip: Mapping[str, float] | None,
    ) -> None:
        self._parameters = list(parameters)
        self._sizes = [p.numel() for p in self._parameters]
        self._where, self._rule, self._clip = where, rule, clip
        self._hyperparameters = dict(hyperparameters)
        self._rate = RateByHand(where, schedule, hyperparameters["lr"]) if schedule else None
        self._state: State = {}
        self._x = self._laid_out([p.detach() for p in self._parameters])

    @property
    def lr(self) -> float:
        return self._rate.lr if self._rate else _rate_in(self._hyperparameters)

    @torch.no_grad()
    def step(self) -> None:
        self._move(self._clipped_gradient())

    def _clipped_gradient(self) -> Tensor:
        g = self._laid_out([torch.zeros_like(p) if p.grad is None else p.grad for p in self._parameters])
        for kind, limit in (self._clip or {}).items():
            g = clip_by_norm(g, limit) if kind == "norm" else clip_by_value(g, limit)
        return g

    def _move(self, g: Tensor) -> None:
        self._x, self._state = self._rule.step(self._x, g, self._state, **(self._hyperparameters | {"lr": self.lr}))
        for p, new in zip(self._parameters, self._x.split(self._sizes), strict=True):
            p.copy_(new.view(p.shape))

    def step_schedule(self, metric: float | None) -> None:
        if self._rate:
            self._rate.step(metric)

    def state(self) -> dict[str, Tensor]:
        return {key: torch.as_tensor(value) for key, value in self._state.items()}

    def resume(self, state: Mapping[str, Tensor], metrics: Metrics) -> None:
        # The step counter is a plain number in the rules.
        self._state = {k: int(v) if k == "t" else v.to(self._x) for k, v in state.items()}
        self._x = self._laid_out([p.detach() for p in self._parameters])
        for metric in metrics:
            self.step_schedule(metric)

    def _laid_out(self, tensors: Iterable[Tensor]) -> Tensor:
        return torch.cat([t.reshape(-1) for t in tensors])


class _OwnByHand(_ByHand):
    # A rule of the reader's own may look at shapes, or at a norm: it is called for each parameter by itself.

    def __init__(self, where: str, parameters: Sequence[Tensor], rule: Rule, *settings: Any) -> None:
        super().__init__(where, parameters, rule, *settings)
        assert isinstance(rule.step, OwnStep)
        self._steps = [rule.step.again() for _ in self._parameters]
        self._points, self._states = self._start(), [State() for _ in self._parameters]

    def _start(self) -> list[Tensor]:
        return [p.detach().clone() for p in self._parameters]

    def _move(self, g: Tensor) -> None:
        now = self._hyperparameters | ({"lr": self.lr} if self._rate else {})
        for i, (p, part) in enumerate(zip(self._parameters, g.split(self._sizes), strict=True)):
            made = self._steps[i](self._points[i], part.view(p.shape), self._states[i], **now)
            self._points[i], self._states[i] = made
            p.copy_(made.x)

    def state(self) -> dict[str, Tensor]:
        return _stored(self._where, self._rule, dict(enumerate(self._states)))

    def resume(self, state: Mapping[str, Tensor], metrics: Metrics) -> None:
        states = _restored(state, self._parameters)
        self._states = [states.get(i, {}) for i in range(len(self._parameters))]
        self._points = self._start()
        for metric in metrics:
            self.step_schedule(metric)


class _ByOptim:
    # The library's optimizer and scheduler objects, and its clipping.

    def __init__(
        self,
        where: str,
        parameters: Sequence[Tensor],
        rule: Rule,
        hyperparameters: dict[str, Any],
        schedule: Schedule | None,
        clip: Mapping[str, float] | None,
        fused: bool,
    ) -> None:
        self._parameters, self._clip = list(parameters), clip
        self._where, self._rule = where, rule
        self._opt = optimizer_of(where, rule, self._parameters, hyperparameters)
        if fused:
            # One pass over the numbers instead of ten: a fifth of a small network's time, and other last digits.
            for group in self._opt.param_groups:
                group["fused"] = True
        self._scheduler: Scheduler | None = make_scheduler(schedule, self._opt) if schedule else None
        self._start = {k: hyperparameters[k] for k in ("init", "bias_correction") if k in hyperparameters}
        self._started = False

    @property
    def lr(self) -> float:
        return _rate_in(self._opt.param_groups[0])

    def step(self) -> None:
        if self._clip:
            clip_gradients(self._parameters, self._clip)
        if not self._started:
            seed_state(self._opt, **self._start)
            self._started = True
        self._opt.step()

    def step_schedule(self, metric: float | None) -> None:
        if self._scheduler:
            step_scheduler(self._scheduler, metric)

    def state(self) -> dict[str, Tensor]:
        per_parameter = self._opt.state_dict()["state"]
        if isinstance(self._rule.step, OwnStep):
            return _stored(self._where, self._rule, per_parameter)
        return {
            f"{index}/{key}": torch.as_tensor(value)
            for index, entries in per_parameter.items()
            for key, value in entries.items()
            if value is not None
        }

    @torch.no_grad()
    def resume(self, state: Mapping[str, Tensor], metrics: Metrics) -> None:
        with warnings.catch_warnings():
            # The steps that these follow were taken by the run that was interrupted.
            warnings.filterwarnings("ignore", "Detected call of `lr_scheduler.step", UserWarning)
            for metric in metrics:
                self.step_schedule(metric)
        whole = self._opt.state_dict()
        if isinstance(self._rule.step, OwnStep):
            whole["state"], state = _restored(state, self._parameters), {}
        for name, value in state.items():
            index, _, key = name.partition("/")
            # The one-pass step goes through memory: what belongs together has to lie alike.
            alike = value if key == "step" else torch.empty_like(self._parameters[int(index)]).copy_(value)
            whole["state"].setdefault(int(index), {})[key] = alike
        self._opt.load_state_dict(whole)
        self._started = True


def _rate_in(hyperparameters: Mapping[str, Any]) -> float:
    # A rule of the reader's own may have no rate.
    return float(hyperparameters.get("lr", float("nan")))


def _stored(where: str, rule: Rule, states: Mapping[int, State]) -> dict[str, Tensor]:
    return {
        f"{index}/{key}": value
        for index, state in states.items()
        for key, value in state_as_tensors(where, rule.name, state).items()
    }


def _restored(stored: Mapping[str, Tensor], parameters: Sequence[Tensor]) -> dict[int, State]:
    parts: dict[int, dict[str, Tensor]] = {}
    for name, value in stored.items():
        index, _, key = name.partition("/")
        parts.setdefault(int(index), {})[key] = value
    return {index: state_from_tensors(own, parameters[index].device) for index, own in parts.items()}
