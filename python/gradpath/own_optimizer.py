"""A rule as an optimizer object of the library: for any training loop, with its groups, schedulers and closures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gradpath.hyperparameters import check_hyperparameters, require_hyperparameter
from gradpath.optimizers import make_optimizer
from gradpath.rules import default_hyperparameters
from gradpath.rules.own_rule import OwnRule, OwnStep, as_rule
from gradpath.rules.rule import Rule


def as_optimizer(
    optimizer: str | Callable[..., Any],
    parameters: Iterable[Tensor] | Iterable[dict[str, Any]],
    **hyperparameters: Any,
) -> RuleOptimizer:
    """Make an optimizer object of a rule.

    Parameters
    ----------
    optimizer : str or callable
        A rule of one's own, as :func:`gradpath.descend` takes it; or a name of :func:`gradpath.optimizer_names`,
        whose rule by hand is used.
    parameters : iterable of Tensor, or of dict
        Leaf tensors that require gradients; or groups, ``{"params": [...], "lr": 0.1}``, each with hyperparameters
        of its own.
    **hyperparameters
        For the groups that have none of their own; defaults as in the rule's signature.

    Returns
    -------
    torch.optim.Optimizer
        Its ``step()`` updates each parameter that has a gradient by one call of the rule. The rule's state is kept
        by parameter, and ``state_dict()`` has it as it is.

    Raises
    ------
    GradpathError
        For what is no rule, and for an unknown or missing hyperparameter; one line. A rule that does something
        wrong is refused at that ``step()``, with its name and the number of the step.

    Examples
    --------
    >>> def sign_descent(x, g, state, lr=0.1):
    ...     return x - g.sign() * lr, state
    >>> x = torch.tensor([5.1, 2.3], requires_grad=True)
    >>> opt = as_optimizer(sign_descent, [x], lr=0.5)
    >>> (x**2).sum().backward()
    >>> opt.step()
    >>> x.tolist()
    [4.599999904632568, 1.7999999523162842]
    """
    where = "as_optimizer()"
    return RuleOptimizer(where, as_rule(where, optimizer), parameters, hyperparameters)


def optimizer_of(
    where: str, rule: Rule, parameters: Iterable[Tensor], hyperparameters: dict[str, Any]
) -> torch.optim.Optimizer:
    """Return the optimizer object of a rule: the library's own where it has one."""
    if isinstance(rule, OwnRule):
        return RuleOptimizer(where, rule, parameters, hyperparameters)
    return make_optimizer(rule.name, parameters, **hyperparameters)


class RuleOptimizer(torch.optim.Optimizer):
    """An optimizer object that updates by a rule; :func:`as_optimizer` makes it."""

    def __init__(self, where: str, rule: Rule, parameters: Iterable[Any], hyperparameters: dict[str, Any]) -> None:
        for name, value in hyperparameters.items():
            require_hyperparameter(where, rule, name, value)
        self._where, self._rule = where, rule
        self._steps: dict[Tensor, Callable[..., Any]] = {}
        known = rule.defaults if isinstance(rule, OwnRule) else default_hyperparameters(rule.name)
        super().__init__(parameters, {**known, **_plain(hyperparameters)})

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with hyperparameters of their own, checked.

        Raises
        ------
        GradpathError
            For one that the rule does not have, or that is missing.
        """
        own = _plain({name: value for name, value in param_group.items() if name != "params"})
        checked = check_hyperparameters(self._where, self._rule, {**self.defaults, **own})
        super().add_param_group({"params": param_group["params"], **checked})

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient; return what the closure gives.

        Raises
        ------
        GradpathError
            If a rule of one's own fails, or gives what it may not; one line.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            hyperparameters = {name: group[name] for name in self._rule.fields}
            for p in group["params"]:
                if p.grad is not None:
                    self._update(p, p.grad, hyperparameters)
        return loss

    def _update(self, p: Tensor, g: Tensor, hyperparameters: dict[str, Any]) -> None:
        x, update = p.detach(), self._rule.step
        if isinstance(update, OwnStep):
            # It may keep what it is given in its state; the parameter and its gradient change in place.
            x, g = x.clone(), g.detach().clone()
            update = self._steps.setdefault(p, update.again())
        new, self.state[p] = update(x, g, self.state.get(p, {}), **hyperparameters)
        p.copy_(new)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what ``state_dict()`` gave, each part of the rule's state in its own dtype."""
        super().load_state_dict(state_dict)
        # The library turns every tensor into the dtype of its parameter; a count or a mask stays what it was.
        numbers = [number for group in state_dict["param_groups"] for number in group["params"]]
        parameters = [p for group in self.param_groups for p in group["params"]]
        for number, p in zip(numbers, parameters, strict=True):
            if number in state_dict["state"]:
                self.state[p] = {
                    key: value.detach().clone().to(p.device) if isinstance(value, Tensor) else value
                    for key, value in state_dict["state"][number].items()
                }

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy needs."""
        return {**super().__getstate__(), "_where": self._where, "_rule": self._rule, "_steps": {}}


def _plain(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    # NumPy's numbers have a precision of their own.
    return {name: value.item() if isinstance(value, np.generic) else value for name, value in hyperparameters.items()}
