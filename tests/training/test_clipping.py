"""Clipping by hand against the library's, and the score."""

from __future__ import annotations

import pytest
import torch

from gradpath import SCORES, accuracy, clip_by_norm, clip_by_value, clip_gradients
from gradpath.refusals import GradpathError
from gradpath.training.clipping import check_clip


def parameters_with_gradients(scale: float, dtype: torch.dtype) -> list[torch.Tensor]:
    torch.manual_seed(2)
    made = [torch.zeros(shape, dtype=dtype) for shape in ((30, 20), (7,), (2, 3, 4))]
    for parameter in made:
        parameter.grad = torch.randn_like(parameter) * scale
    return made


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
@pytest.mark.parametrize("limit", [0.3, 1.0, 25.0])
@pytest.mark.parametrize("kind", ["norm", "value"])
def test_by_hand_clips_as_the_library_does(kind, limit, scale):
    for dtype, bound in ((torch.float64, 1e-12), (torch.float32, 2e-6)):
        parameters = parameters_with_gradients(scale, dtype)
        flat = torch.cat([p.grad.flatten() for p in parameters])
        before = flat.clone()
        ours = clip_by_norm(flat, limit) if kind == "norm" else clip_by_value(flat, limit)
        assert torch.equal(flat, before)
        clip_gradients(parameters, {kind: limit})
        theirs = torch.cat([p.grad.flatten() for p in parameters])
        assert torch.all((ours - theirs).abs() <= bound * theirs.abs())


def test_norm_keeps_the_direction_and_value_does_not():
    g = torch.tensor([3.0, -4.0], dtype=torch.float64)
    assert clip_by_norm(g, 1).tolist() == pytest.approx([0.6, -0.8], abs=1e-6)
    assert clip_by_norm(g, 1).norm() < 1
    assert torch.equal(clip_by_norm(g, 5.1), g)
    assert clip_by_value(g, 3.5).tolist() == [3.0, -3.5]


def test_no_clip_and_parameters_without_gradients_are_left_alone():
    parameters = [*parameters_with_gradients(1, torch.float64), torch.zeros(2)]
    before = parameters[0].grad.clone()
    clip_gradients(parameters, None)
    assert torch.equal(parameters[0].grad, before)
    clip_gradients(parameters, {"norm": 1})
    assert parameters[-1].grad is None
    assert not torch.equal(parameters[0].grad, before)


@pytest.mark.parametrize(
    "clip", [{}, {"norm": 0}, {"norm": 1, "value": 1}, {"size": 1}, {"value": float("inf")}, 1, "norm"]
)
def test_another_clip_is_refused(clip):
    with pytest.raises(GradpathError, match=r"^here: clip: .* is not accepted; use \{norm: c\} or \{value: c\}"):
        check_clip("here", clip)


def test_a_good_clip_comes_back():
    assert check_clip("here", {"norm": 2}) == {"norm": 2}
    assert check_clip("here", None) is None


def test_limits_are_refused():
    g = torch.ones(2)
    with pytest.raises(
        GradpathError, match=r"^clip_by_value\(\): limit: 0 is not accepted; use a finite number > 0$"
    ):
        clip_by_value(g, 0)
    with pytest.raises(GradpathError, match=r"^clip_by_norm\(\): max_norm: -1 is"):
        clip_by_norm(g, -1)


def test_accuracy_is_the_share_of_right_answers():
    outputs = torch.tensor([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [1.0, 0.0, 5.0]])
    score = SCORES["accuracy"](outputs, torch.tensor([0, 2, 2]))
    assert (score.dtype, score.shape) == (torch.float64, ())
    assert score.item() == 2 / 3
    for targets in (torch.zeros(3, 1), torch.zeros(2), torch.tensor(0)):
        with pytest.raises(GradpathError, match=r"^accuracy\(\): shapes of outputs and targets: \[3, 3\] and "):
            accuracy(outputs, targets)
