"""Surfaces: minima, gradients, shapes, dtypes."""

from __future__ import annotations

import pytest
import torch

from gradpath import SURFACES, GradpathError, get_surface, surface_names

NAMES = surface_names()


def test_the_promised_surfaces_are_there():
    promised = "isotropic_paraboloid anisotropic_paraboloid rosenbrock himmelblau beale rastrigin saddle"
    assert promised.split() == NAMES[:7]


@pytest.mark.parametrize("name", NAMES)
def test_gradient_vanishes_at_every_minimum_and_nothing_nearby_is_lower(name):
    surface = get_surface(name)
    for minimum in surface.minima:
        x = torch.tensor(minimum, dtype=torch.float64, requires_grad=True)
        value = surface(x)
        (g,) = torch.autograd.grad(value, x)
        assert g.abs().max() < 1e-6
        torch.manual_seed(1)
        around = x.detach() + 0.05 * torch.randn(1000, 2, dtype=torch.float64)
        assert (surface(around) >= value.detach() - 1e-12).all()


def test_only_the_saddle_has_no_minimum():
    assert [n for n in NAMES if not SURFACES[n].minima] == ["saddle"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_one_point_or_many_give_the_same_numbers_in_the_dtype_given(name, dtype):
    surface = get_surface(name)
    points = torch.rand(3, 5, 2, dtype=dtype, generator=torch.Generator().manual_seed(2))
    values = surface(points)
    assert values.shape == (3, 5)
    assert values.dtype == dtype
    one = surface(points[1, 2])
    assert one.shape == ()
    assert torch.isclose(one, values[1, 2], rtol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_gradient_agrees_with_finite_differences(name):
    x = torch.tensor([0.7, -0.3], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(get_surface(name), (x,))


@pytest.mark.parametrize("name", NAMES)
def test_window_contains_the_minima(name):
    left, right, bottom, top = SURFACES[name].window
    assert all(left < a < right and bottom < b < top for a, b in SURFACES[name].minima)


def test_unknown_surface_is_refused_with_the_names():
    with pytest.raises(GradpathError, match="'bowl' is not accepted; use one of isotropic_paraboloid, "):
        get_surface("bowl")
