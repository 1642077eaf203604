"""The explorer's cursor: play, step and scrub; path and curve linked; what is inside a rule; the race; leaving."""

from __future__ import annotations

import pytest
import torch

from gradpath import descend, steps_to_reach
from gradpath.surfaces import get_surface
from tests.book.explorer_page import place, settle, state, view
from tests.conftest import CHROMIUM

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


def steps_drawn(page, run=0) -> int:
    points = page.locator(f'.ex-runs [data-run="{run}"] .ex-until').get_attribute("points")
    return len(points.split())


# ---- play, step, scrub ----


def test_it_plays_pauses_steps_and_stops_at_the_end(page):
    assert page.locator(".ex-count").inner_text() == "40 / 40"
    play = page.locator(".ex-play")
    page.get_by_label("Speed").select_option("0.25")
    play.click()
    assert play.get_attribute("aria-label") == "Pause"
    page.wait_for_function("gradpath.app.step === 1")
    assert steps_drawn(page) == 2
    play.click()
    assert play.get_attribute("aria-label") == "Play"
    page.get_by_label("One step on").click()
    page.get_by_label("One step on").click()
    page.get_by_label("One step back").click()
    assert state(page)["step"] == 2
    page.get_by_label("Speed").select_option("16")
    play.click()
    page.wait_for_function("gradpath.app.step === 40")
    page.wait_for_function("document.querySelector('.ex-play').getAttribute('aria-label') === 'Play'")
    page.get_by_label("To the start").click()
    assert page.locator(".ex-count").inner_text() == "0 / 40"
    page.get_by_label("Speed").select_option("1")


def test_the_slider_moves_every_run_to_its_step(page):
    page.get_by_label("Step", exact=True).focus()
    page.keyboard.press("Home")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert [steps_drawn(page, run) for run in (0, 1, 2)] == [6, 6, 6]
    assert page.locator(".ex-map .ex-at").count() == page.locator(".ex-curve .ex-at").count() == 3
    settle(page)
    assert "step=5" in page.evaluate("location.hash")


def test_nothing_moves_before_somebody_asks(page):
    before = page.evaluate("gradpath.app.step")
    page.wait_for_timeout(400)
    assert page.evaluate("gradpath.app.step") == before


# ---- the linked cursor, and what it shows ----


def test_pointing_at_a_path_marks_the_curve_and_says_what_is_inside(page):
    view(page, "run=sgd;lr:0.4;steps:40&run=adam;lr:0.5;steps:40")
    path = descend("anisotropic_paraboloid", (5.1, 2.3), "adam", 40, lr=0.5)
    page.mouse.move(*place(page, (path.x1[4], path.x2[4])))
    assert page.evaluate("[gradpath.app.hovered.index, gradpath.app.hovered.step]") == [1, 4]
    line = page.locator(".ex-curve .ex-line").get_attribute("x1")
    page.locator(".ex-tip").wait_for(state="visible")
    text = page.locator(".ex-tip").inner_text()
    assert "adam, lr 0.5" in text
    assert "step 4" in text
    for name in ("gradient g", "effective rate", "m̂", "v̂"):
        assert name in text
    page.mouse.move(*place(page, (path.x1[10], path.x2[10])))
    assert float(page.locator(".ex-curve .ex-line").get_attribute("x1")) > float(line)
    page.mouse.move(2, 2)
    assert not page.locator(".ex-tip").is_visible()
    assert page.evaluate("gradpath.app.step") == 40


def test_pointing_at_the_curve_marks_the_path(page):
    box = page.locator(".ex-curve").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    step = page.evaluate("gradpath.app.step")
    assert 10 < step < 30
    run = page.evaluate("gradpath.app.cursorRun")
    ring = page.locator(f'.ex-map .ex-at[data-run="{run}"]')
    ours = page.evaluate("([r, s]) => gradpath.app.runs[r].path[s].x", [run, step])
    at, map_box = place(page, ours), page.locator(".ex-map").bounding_box()
    assert float(ring.get_attribute("cx")) == pytest.approx(at[0] - map_box["x"], abs=0.6)
    assert float(ring.get_attribute("cy")) == pytest.approx(at[1] - map_box["y"], abs=0.6)
    # A click takes the step.
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(2, 2)
    assert state(page)["step"] == step


def test_the_inner_state_is_adams(page):
    view(page, "run=adam;lr:0.5;steps:40&step=3&panel=inside")
    rows = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('.ex-inside tr')].map(r =>"
        " [r.cells[0].textContent, [...r.cells].slice(1).map(c => Number(c.textContent))]))"
    )
    path = descend("anisotropic_paraboloid", (5.1, 2.3), "adam", 40, lr=0.5)
    x, after = (path.loc[step, ["x1", "x2"]].to_numpy() for step in (3, 4))
    gradients = [[0.4 * a, 4 * b] for a, b in zip(path.x1[:4], path.x2[:4], strict=True)]
    m, v = [0.0, 0.0], [0.0, 0.0]
    for g in gradients:
        m = [0.9 * a + 0.1 * b for a, b in zip(m, g, strict=True)]
        v = [0.999 * a + 0.001 * b * b for a, b in zip(v, g, strict=True)]
    assert rows["step"] == [3]
    assert rows["x"] == pytest.approx(x.tolist(), rel=1e-3)
    assert rows["gradient g"] == pytest.approx(gradients[-1], rel=1e-3)
    assert rows["m̂"] == pytest.approx([a / (1 - 0.9**4) for a in m], rel=1e-3)
    assert rows["v̂"] == pytest.approx([a / (1 - 0.999**4) for a in v], rel=1e-3)
    assert rows["effective rate"] == pytest.approx(((x - after) / gradients[-1]).tolist(), rel=1e-3)


def test_arrows_show_gradient_velocity_and_step(page):
    view(page, "run=momentum;lr:0.2;momentum:0.9;steps:40&step=5")
    arrows = page.evaluate("gradpath.arrowsOf(gradpath.app.runs[0], 5)")
    path = descend("anisotropic_paraboloid", (5.1, 2.3), "momentum", 40, lr=0.2, momentum=0.9)
    x, after = (path.loc[step, ["x1", "x2"]].to_numpy() for step in (5, 6))
    assert [name for name, _ in arrows] == ["gradient", "velocity", "step"]
    assert arrows[0][1] == pytest.approx([-0.2 * 0.4 * x[0], -0.2 * 4 * x[1]])
    assert arrows[1][1] == pytest.approx((after - x).tolist())
    assert arrows[2][1] == pytest.approx((after - x).tolist())
    assert [a.get_attribute("data-arrow") for a in page.locator("[data-arrow]").all()] == [name for name, _ in arrows]
    page.get_by_label("Step", exact=True).focus()
    page.keyboard.press("End")
    assert page.locator("[data-arrow]").count() == 0


# ---- the race ----


def test_the_race_counts_as_python_does(page):
    runs = [
        ("sgd", {"lr": 0.4}),
        ("momentum", {"lr": 0.5, "momentum": 0.1}),
        ("adagrad", {"lr": 3.7}),
        ("rmsprop", {"lr": 0.3, "alpha": 0.9}),
        ("adam", {"lr": 0.5}),
        ("sgd", {"lr": 0.51}),
        ("sgd", {"lr": 0.01}),
    ]
    address = "&".join(
        f"run={name};steps:100;" + ";".join(f"{k}:{v}" for k, v in settings.items()) for name, settings in runs
    )
    view(page, address)
    rows = page.locator(".ex-race tbody tr").all()
    seen = [(row.get_attribute("data-status"), row.locator(".ex-steps").inner_text()) for row in rows]
    for (name, settings), (status, text) in zip(runs, seen, strict=True):
        [ours] = steps_to_reach("anisotropic_paraboloid", (5.1, 2.3), name, 100, **settings).to_dict("records")
        assert status == ours["status"], name
        if status == "reached":
            assert int(text.removesuffix("★")) == ours["steps"], name
    assert {status for status, _ in seen} == {"reached", "diverged", "not reached"}
    best = min(int(text.removesuffix("★")) for status, text in seen if status == "reached")
    assert [int(text.removesuffix("★")) for _, text in seen if "★" in text] == [best]


def test_the_race_shows_the_height_at_the_cursor(page):
    page.get_by_label("To the start").click()
    start = get_surface("anisotropic_paraboloid")(torch.tensor([5.1, 2.3], dtype=torch.float64)).item() + 5
    assert [float(text) for text in page.locator(".ex-now").all_inner_texts()] == pytest.approx([start] * 3, rel=1e-3)


# ---- falling off a saddle, and exploding ----


def test_a_saddle_keeps_a_sensible_axis_and_says_where_a_path_leaves(page):
    view(page, "surface=saddle&start=1.5,0.01&run=sgd;lr:0.3;steps:100&run=sgd;lr:0.001;steps:100")
    ours = descend("saddle", (1.5, 0.01), "sgd", 100, lr=0.3)
    assert ours.value.iloc[-1] < -1e15
    axis = page.evaluate("(({low, top}) => [low, top])(gradpath.curveAxis(gradpath.app))")
    assert -10 < axis[0] < axis[1] < 10
    # The run that stays fills a good part of the curve.
    assert page.locator(".ex-curve .ex-leaves").count() == 1
    below = int((ours.value < axis[0]).idxmax())
    assert f"below from step {below}" in page.locator(".ex-curve").text_content()
    outside = (ours.x1.abs() > 2) | (ours.x2.abs() > 2)
    assert page.locator(".ex-steps").first.inner_text() == f"leaves at {int(outside.idxmax())}"
    assert f"leaves the picture at {int(outside.idxmax())}" in page.locator(".ex-live").text_content()


def test_a_path_that_explodes_does_not_flatten_the_others(page):
    view(page, "run=sgd;lr:1.5;steps:100&run=sgd;lr:0.4;steps:100")
    low, top = page.evaluate("(({low, top}) => [low, top])(gradpath.curveAxis(gradpath.app))")
    assert top < 4
    assert low < -8
    assert "above from step" in page.locator(".ex-curve").text_content()
