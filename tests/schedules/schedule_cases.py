"""Random schedules for the tests, as mappings, with a metric for those that watch one."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

STEPS = 500
COUNT = st.integers(1, STEPS)
GAMMA = st.floats(0.9, 1)
FLOOR = st.floats(0, 0.02)
POWER = st.floats(0.3, 3)
# PyTorch's cosine is a recursion that divides by 1 + cos, and keeps what it loses near a trough: over 500 steps at
# most 4e-13 of the rate with half periods up to 130, but more than 1e-12 with some above 200.
HALF_PERIOD = st.integers(1, 120)


def named(name: str, **parameters: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"name": st.just(name), **parameters})


MILESTONES = st.sets(COUNT, min_size=1, max_size=6).map(sorted)
MULTIPLYING = st.one_of(
    named("constant"),
    named("exponential", gamma=GAMMA),
    named("step", step_size=st.integers(1, 200), gamma=st.floats(0.5, 1)),
    named("multi_step", milestones=MILESTONES, gamma=st.floats(0.1, 1)),
    named("polynomial", steps=COUNT, power=POWER),
)
AFTER_WARMUP = st.one_of(
    MULTIPLYING,
    named("factor", factor=GAMMA, lr_min=FLOOR),
    named("inverse_sqrt"),
    named("cosine", steps=COUNT, lr_min=FLOOR),
    named("cosine_periodic", half_period=HALF_PERIOD, lr_min=FLOOR),
    named("cosine_restarts", steps=st.integers(1, 200), growth=st.integers(1, 3), lr_min=FLOOR),
)
CYCLES = named(
    "one_cycle",
    steps=COUNT.filter(lambda s: s > 20),
    pct_start=st.floats(0.06, 0.9),
    div_factor=st.floats(1, 50),
    final_div_factor=st.floats(1, 1e4),
)
PLATEAUS = named(
    "plateau",
    mode=st.sampled_from(["min", "max"]),
    factor=st.floats(0.1, 0.9),
    patience=st.integers(0, 20),
    threshold=st.floats(0, 0.1),
    threshold_mode=st.sampled_from(["rel", "abs"]),
    cooldown=st.integers(0, 10),
    min_lr=FLOOR,
    eps=st.floats(0, 1e-3),
)


@st.composite
def warmups(draw: st.DrawFn) -> dict[str, Any]:
    then = draw(AFTER_WARMUP)
    warmup = draw(st.integers(1, int(then.get("steps", 100))))
    return {
        "name": "warmup",
        "warmup": warmup,
        "then": then,
        "start_factor": draw(st.one_of(st.just(0), st.floats(0.01, 1))),
    }


CHAINS = named("chained", schedules=st.lists(MULTIPLYING, min_size=1, max_size=3))
SCHEDULES = st.one_of(AFTER_WARMUP, CYCLES, warmups(), CHAINS, PLATEAUS)
LR = st.floats(1e-3, 1)


def metric_of(seed: int) -> list[float]:
    """Return a loss that falls, stalls and jumps: what a plateau has to tell apart."""
    import random

    draw = random.Random(seed)
    return [3 / (1 + t // 40) + draw.uniform(0, 0.3) for t in range(STEPS)]
