"""The rules by hand against torch.optim, on random tensors, hyperparameters and dtypes."""

from __future__ import annotations

import inspect

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradpath import UPDATE_RULES, default_hyperparameters, make_optimizer, optimizer_names

RATE = st.floats(0, 0.99)
HYPER = {
    "lr": st.floats(1e-4, 0.5),
    "momentum": st.floats(0.01, 0.99),
    "alpha": RATE,
    "beta1": RATE,
    "beta2": RATE,
    "eps": st.floats(1e-10, 1e-2),
    "weight_decay": st.one_of(st.just(0.0), st.floats(0, 0.5)),
}


@st.composite
def calls(draw):
    optimizer = draw(st.sampled_from(optimizer_names()))
    names = [n for n in default_hyperparameters(optimizer) if n in HYPER]
    return optimizer, {n: draw(HYPER[n]) for n in names}, draw(st.integers(0, 2**31))


@settings(max_examples=200, deadline=None)
@given(calls())
def test_twenty_steps_by_hand_equal_twenty_steps_of_optim(call):
    optimizer, hyper, seed = call
    generator = torch.Generator().manual_seed(seed)
    start = torch.randn(4, 3, generator=generator, dtype=torch.float64)
    gradients = torch.randn(20, 4, 3, generator=generator, dtype=torch.float64)
    x, state = start.clone(), {}
    p = start.clone().requires_grad_()
    opt = make_optimizer(optimizer, [p], **hyper)
    for g in gradients:
        x, state = UPDATE_RULES[optimizer](x, g, state, **hyper)
        p.grad = g.clone()
        opt.step()
    torch.testing.assert_close(x, p.detach(), rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("optimizer", optimizer_names())
def test_defaults_are_the_librarys(optimizer):
    ours = default_hyperparameters(optimizer)
    group = make_optimizer(optimizer, [torch.zeros(2, requires_grad=True)]).param_groups[0]
    library = type(make_optimizer(optimizer, [torch.zeros(2, requires_grad=True)]))
    theirs = {n: p.default for n, p in inspect.signature(library.__init__).parameters.items()}
    if "betas" in theirs:
        theirs["beta1"], theirs["beta2"] = theirs["betas"]
    for name in set(ours) & set(theirs) - ({"momentum"} if optimizer != "sgd" else set()):
        assert ours[name] == theirs[name], name
    assert group["lr"] == ours["lr"]


@pytest.mark.parametrize("optimizer", optimizer_names())
def test_a_rule_changes_nothing_in_place(optimizer):
    x, g = torch.ones(2, dtype=torch.float64), torch.full((2,), 0.5, dtype=torch.float64)
    hyper = {"weight_decay": 0.1} if "weight_decay" in default_hyperparameters(optimizer) else {}
    _, state = UPDATE_RULES[optimizer](x, g, {}, **hyper)
    before = {k: v.clone() if isinstance(v, torch.Tensor) else v for k, v in state.items()}
    UPDATE_RULES[optimizer](x, g, state, **hyper)
    assert torch.equal(x, torch.ones(2, dtype=torch.float64))
    assert torch.equal(g, torch.full((2,), 0.5, dtype=torch.float64))
    assert all(torch.equal(torch.as_tensor(before[k]), torch.as_tensor(state[k])) for k in state)


@pytest.mark.parametrize("optimizer", optimizer_names())
def test_a_tensor_of_learning_rates_runs_them_all_at_once(optimizer):
    rates = torch.tensor([[0.01], [0.1], [0.3]], dtype=torch.float64)
    g = torch.tensor([0.3, -2.0], dtype=torch.float64)
    rule = UPDATE_RULES[optimizer]
    many, state = torch.ones(3, 2, dtype=torch.float64), {}
    singles = [(torch.ones(2, dtype=torch.float64), {}) for _ in rates]
    for _ in range(5):
        many, state = rule(many, g.expand(3, 2), state, lr=rates)
        singles = [rule(x, g, s, lr=rate.item()) for (x, s), rate in zip(singles, rates, strict=True)]
    torch.testing.assert_close(many, torch.stack([x for x, _ in singles]), rtol=1e-15, atol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("optimizer", optimizer_names())
def test_dtype_is_kept(optimizer, dtype):
    step = UPDATE_RULES[optimizer](torch.ones(2, dtype=dtype), torch.ones(2, dtype=dtype), {})
    assert step.x.dtype == dtype
