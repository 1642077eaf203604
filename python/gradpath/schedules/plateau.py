"""Reduce on plateau, by hand: the schedule that watches a metric instead of counting."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from gradpath.schedules.fields import check_field


@dataclass
class Plateau:
    """The state of :func:`plateau_schedule`.

    Attributes
    ----------
    lr : float
        The rate to use now.
    best : float
        The best metric so far.
    bad_steps : int
        How many steps in a row have not been better than the best.
    cooldown_left : int
        For how many more steps bad ones do not count.
    """

    lr: float
    mode: str
    factor: float
    patience: int
    threshold: float
    threshold_mode: str
    cooldown: int
    min_lr: float
    eps: float
    best: float
    bad_steps: int = 0
    cooldown_left: int = 0

    def step(self, metric: Any = None) -> float:
        """Take the metric of the step (epoch) that has just ended; return the rate for the next one.

        Raises
        ------
        GradpathError
            If the metric is missing or not a finite number.
        """
        metric = metric.item() if hasattr(metric, "item") else metric
        check_field("plateau_schedule()", "metric", metric)
        if self._is_better(metric):
            self.best, self.bad_steps = float(metric), 0
        else:
            self.bad_steps += 1
        if self.cooldown_left > 0:
            self.cooldown_left -= 1
            self.bad_steps = 0
        if self.bad_steps > self.patience:
            # lr <- max(factor lr, min_lr), unless that is hardly a change
            lower = max(self.lr * self.factor, self.min_lr)
            if self.lr - lower > self.eps:
                self.lr = lower
            self.cooldown_left, self.bad_steps = self.cooldown, 0
        return self.lr

    def _is_better(self, metric: float) -> bool:
        if self.mode == "min":
            limit = self.best * (1 - self.threshold) if self.threshold_mode == "rel" else self.best - self.threshold
            return metric < limit
        limit = self.best * (1 + self.threshold) if self.threshold_mode == "rel" else self.best + self.threshold
        return metric > limit

    def state_dict(self) -> dict[str, Any]:
        """Return everything that is needed to go on later."""
        return asdict(self)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state that :meth:`state_dict` gave."""
        for name, value in state.items():
            setattr(self, name, value)


def plateau_schedule(
    lr: float,
    mode: str = "min",
    factor: float = 0.1,
    patience: int = 10,
    threshold: float = 1e-4,
    threshold_mode: str = "rel",
    cooldown: int = 0,
    min_lr: float = 0.0,
    eps: float = 1e-8,
) -> Plateau:
    """Lower the rate when a metric has stopped getting better.

    After each epoch call ``.step(metric)``; ``.lr`` is the rate to use. The first epoch uses ``lr``. When more than
    ``patience`` epochs in a row have not been better than the best one, lr <- max(factor lr, min_lr).

    Parameters
    ----------
    lr : float
    mode : {"min", "max"}
        Whether a lower or a higher metric is better.
    factor : float
        Above 0 and below 1.
    patience : int
        How many bad epochs in a row are put up with.
    threshold, threshold_mode : float, {"rel", "abs"}
        A metric is better only if it is below best (1 - threshold) or best - threshold; above best (1 + threshold)
        or best + threshold with mode "max".
    cooldown : int
        For how many epochs after a reduction bad ones do not count.
    min_lr : float
        The floor.
    eps : float
        A reduction that is not larger than this is not made.

    Notes
    -----
    Per epoch, since the metric is one. Source: PyTorch's ReduceLROnPlateau; the practice is that of He et al.
    (2016), section 3.4: "divided by 10 when the error plateaus".
    """
    fields = dict(locals())
    for field, value in fields.items():
        check_field("plateau_schedule()", field, value, "plateau")
    return Plateau(**fields, best=math.inf if mode == "min" else -math.inf)
