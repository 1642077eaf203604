"""surface(): a function of the reader's own, and what is refused of it."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from gradpath import GradpathError, descend, surface

WINDOW = (-3.0, 3.0, -2.0, 2.0)


def of_many(x: Tensor) -> Tensor:
    return x[..., 0] ** 2 * 0.5 + torch.sin(x[..., 1])


def of_one(x: Tensor) -> Tensor:
    return x[0] ** 2 * 0.5 + torch.sin(x[1])


def test_many_points_get_the_values_of_the_function_in_their_shape_and_dtype():
    own = surface(of_many, "waves", WINDOW, minima=[(0, -1.5)], source="a test")
    points = torch.rand(4, 3, 2, dtype=torch.float32, generator=torch.Generator().manual_seed(1))
    assert own(points).shape == (4, 3)
    assert own(points).dtype == torch.float32
    torch.testing.assert_close(own(points), of_many(points))
    assert own(points[0, 0]).shape == ()
    assert (own.name, own.window, own.minima, own.source) == ("waves", WINDOW, ((0.0, -1.5),), "a test")


@pytest.mark.parametrize(
    "f",
    [
        of_one,
        lambda x: of_one(x).reshape(1),
        lambda x: (x**2).sum() + x.prod(),
        # Right in shape for many points, and wrong.
        lambda x: x[..., 0] / x.abs().max(),
    ],
)
def test_a_function_of_one_point_is_called_point_by_point(f):
    points = torch.rand(5, 7, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    values = surface(f, "own", WINDOW)(points)
    assert values.shape == (5, 7)
    for i in range(5):
        for j in range(7):
            assert values[i, j] == f(points[i, j]).reshape(())


def test_a_function_of_many_points_is_called_once_for_all():
    calls = []

    def counted(x: Tensor) -> Tensor:
        calls.append(x.shape)
        return of_many(x)

    own = surface(counted, "own", WINDOW)
    calls.clear()
    own(torch.zeros(50, 40, 2))
    assert calls == [(2000, 2)]


def test_optimizers_go_down_it_as_down_the_function():
    own = descend(surface(of_one, "own", WINDOW), (2.5, 1.0), "adam", 20, lr=0.1)
    plain = descend(of_one, (2.5, 1.0), "adam", 20, lr=0.1)
    assert own[["x1", "x2", "value"]].equals(plain[["x1", "x2", "value"]])
    assert own.attrs["surface"] == "own"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"f": 3}, "f: 3 is not accepted; use a function of one argument, the points"),
        ({"f": lambda a, b: a}, "f: a function of 2 arguments is not accepted; use a function of one, the point"),
        ({"f": lambda x: x}, r"f: returned a tensor of shape \(2,\) for one point; return a tensor of one element"),
        ({"f": lambda x: 3.0}, "f: returned float for one point; return a tensor of one element"),
        ({"f": lambda x: (x > 0).all()}, "f: returned something else than real numbers"),
        ({"f": lambda x: 1 / 0}, r"f: your function failed: ZeroDivisionError: division by zero \(test_own_surface"),
        ({"f": lambda x: x.detach().sum()}, "f: returned a value that does not depend on the point for autograd"),
        ({"f": lambda x: torch.ones(2, requires_grad=True).sum()}, "f: returned a value that does not depend"),
        ({"name": "two words"}, "name: 'two words' is not accepted; use a word of letters, digits and _"),
        ({"name": "saddle"}, "name: 'saddle' is not accepted; use a word .* none of isotropic_paraboloid, "),
        ({"name": 3}, "name: 3 is not accepted"),
        ({"window": (0, 1, 2)}, r"window: \[0, 1, 2\] is not accepted; use four finite numbers"),
        ({"window": (1, 0, 0, 1)}, "window: .* is not accepted"),
        ({"window": (0, 1, 0, float("inf"))}, "window: .*inf.* is not accepted"),
        ({"window": "wide"}, "window: 'wide' is not accepted"),
        ({"minima": [(0, float("nan"))]}, r"minima: \[0, nan\] is not accepted; use a list of points"),
        ({"minima": 3}, "minima: 3 is not accepted"),
        ({"source": 3}, "source: 3 is not accepted; use a text"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_line(change, said):
    with pytest.raises(GradpathError, match=rf"^surface\(\): {said}") as refused:
        surface(**({"f": of_many, "name": "own", "window": WINDOW} | change))
    assert "\n" not in str(refused.value)
