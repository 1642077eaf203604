"""The explorer's controls: zoom, the start, surfaces of one's own, schedule and noise, the map."""

from __future__ import annotations

import pytest

from gradpath import descend, steps_to_reach
from tests.book.explorer_page import place, settle, state, view
from tests.conftest import CHROMIUM

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


# ---- zoom ----


def test_the_wheel_and_the_buttons_zoom_and_all_shows_all(page):
    whole = page.evaluate("gradpath.app.window")
    x, y = place(page, (2, 1))
    page.mouse.move(x, y)
    page.mouse.wheel(0, -300)
    page.wait_for_function("gradpath.app.state.view !== null")
    near = page.evaluate("gradpath.app.window")
    assert near[1] - near[0] < 0.8 * (whole[1] - whole[0])
    # What is under the pointer stays there.
    assert place(page, (2, 1)) == (pytest.approx(x, abs=1), pytest.approx(y, abs=1))
    page.get_by_label("Zoom in").click()
    nearer = page.evaluate("gradpath.app.window")
    assert nearer[1] - nearer[0] == pytest.approx((near[1] - near[0]) / 1.5)
    settle(page)
    assert "view=" in page.evaluate("location.hash")
    view(page, page.evaluate("location.hash.slice(1)"))
    assert page.evaluate("gradpath.app.window") == pytest.approx(nearer, rel=1e-6)
    page.get_by_label("Zoom out").click()
    assert page.evaluate("gradpath.app.window") == pytest.approx(near, rel=1e-2)
    page.get_by_label("Show the whole surface").click()
    assert page.evaluate("gradpath.app.window") == whole
    # From a view that no gesture led to, a gesture goes on.
    view(page, "view=0,2,0,1")
    page.get_by_label("Zoom in").click()
    left, right, *_ = page.evaluate("gradpath.app.window")
    assert (left, right) == (pytest.approx(1 / 3, abs=1e-6), pytest.approx(5 / 3, abs=1e-6))


def test_dragging_beside_the_start_moves_the_picture(page):
    before = page.evaluate("gradpath.app.window")
    x, y = place(page, (-5, -2))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 100, y + 40, steps=4)
    page.mouse.up()
    assert place(page, (-5, -2)) == (pytest.approx(x + 100, abs=1), pytest.approx(y + 40, abs=1))
    assert state(page)["start"] == [5.1, 2.3]
    assert page.evaluate("gradpath.app.window") != before


def test_both_axes_can_have_one_scale(page):
    page.get_by_label("Both axes to one scale").click()
    left, right, low, high = page.evaluate("gradpath.app.window")
    width, height = page.evaluate("gradpath.app.pixels")
    assert (right - left) / width == pytest.approx((high - low) / height)


def test_the_axes_have_ticks_and_names(page):
    texts = page.locator(".ex-paths > g > text").all_text_contents()
    assert {"x₁", "x₂", "0", "10"} <= set(texts)


# ---- the start ----


def test_dragging_the_ring_or_clicking_beside_it_moves_the_start(page):
    before = page.locator(".ex-until").first.get_attribute("points")
    page.mouse.move(*place(page, (5.1, 2.3)))
    page.mouse.down()
    page.mouse.move(*place(page, (-5, 1.5)), steps=3)
    page.mouse.up()
    assert state(page)["start"] == [pytest.approx(-5, abs=0.1), pytest.approx(1.5, abs=0.1)]
    assert page.locator(".ex-until").first.get_attribute("points") != before
    page.mouse.click(*place(page, (6, -2)))
    assert state(page)["start"] == [pytest.approx(6, abs=0.1), pytest.approx(-2, abs=0.1)]
    assert page.evaluate("gradpath.app.state.view") is None


def test_the_keyboard_does_everything(page):
    page.locator(".ex-start").focus()
    page.keyboard.press("ArrowLeft")
    assert state(page)["start"][0] == pytest.approx(4.9)
    page.get_by_label("show momentum, lr 0.5").focus()
    page.keyboard.press("Space")
    assert [run["on"] for run in state(page)["runs"]] == [True, False, True]
    page.get_by_label("learning rate").first.focus()
    page.keyboard.press("ArrowRight")
    assert state(page)["runs"][0]["settings"]["lr"] > 0.4
    page.get_by_role("tab", name="Race").focus()
    page.keyboard.press("ArrowRight")
    assert state(page)["panel"] == "inside"
    assert page.evaluate("document.activeElement.textContent") == "Inside"
    page.get_by_label("Add a run").select_option("adam")
    assert [run["optimizer"] for run in state(page)["runs"]] == ["sgd", "momentum", "adagrad", "adam"]
    assert state(page)["selected"] == 3
    page.get_by_label("remove the chosen run").click()
    assert len(state(page)["runs"]) == 3
    page.get_by_label("Back to the beginning").click()
    assert state(page)["start"] == [5.1, 2.3]


# ---- surfaces of one's own ----


def test_sliders_make_a_bowl_of_ones_own(page):
    page.get_by_label("surface", exact=True).select_option("bowl")
    page.get_by_label("condition number").focus()
    page.keyboard.press("End")
    page.get_by_label("rotation").focus()
    page.keyboard.press("Home")
    settle(page)
    assert "condition=100&rotation=-90" in page.evaluate("location.hash")
    # Turned by a right angle, the steep direction is the first.
    assert page.evaluate("gradpath.app.surface.gradient([1, 1])") == pytest.approx([40, 0.4])


def test_a_function_of_ones_own_is_drawn_or_refused_in_one_line(page):
    page.get_by_label("surface", exact=True).select_option("own")
    field = page.get_by_label("f(x, y) =")
    field.fill("x^4 + y^2 - 3")
    field.press("Enter")
    assert page.evaluate("gradpath.app.surface.value([2, 1])") == 14
    settle(page)
    shared = page.evaluate("location.hash.slice(1)")
    for bad in ("constructor(x)", "__proto__", "alert(1)", "x +"):
        field.fill(bad)
        field.press("Enter")
        assert page.locator(".ex-wrong").inner_text()
        assert field.get_attribute("aria-invalid") == "true"
        assert page.evaluate("gradpath.app.surface.value([2, 1])") == 14
    field.fill("x^2")
    field.press("Enter")
    assert page.locator(".ex-wrong").text_content() == ""
    view(page, shared)
    assert page.evaluate("gradpath.app.surface.value([2, 1])") == 14


def test_the_bottom_of_ones_own_function_is_looked_for(page):
    # Between the points of any grid; and none where the function falls beyond its window.
    view(page, "surface=own&f=(x-0.4321)^2 %2B 2*(y%2B0.1234)^2 - 7&run=sgd;lr:0.1;steps:3")
    assert page.evaluate("gradpath.app.bottom") == pytest.approx(-7, abs=1e-9)
    assert page.locator(".ex-steps").inner_text() == "not reached"
    assert "the lowest value seen here" in page.locator(".ex-race + .ex-note").inner_text()
    for falling in ("x^2 - y^2", "x", "-x^2", "log(x)", "(x-5)^2"):
        view(page, f"surface=own&f={falling}&run=sgd;lr:0.1;steps:100")
        assert page.evaluate("gradpath.app.bottom") is None, falling
        assert "no minimum" in page.locator(".ex-race + .ex-note").inner_text(), falling


# ---- schedule and noise ----


def test_a_schedule_and_noise_change_the_path_as_in_python(page):
    view(page, "surface=isotropic_paraboloid&start=6,6&run=sgd;lr:0.8;steps:60")
    page.get_by_role("tab", name="Schedule and noise").click()
    page.get_by_label("schedule", exact=True).select_option("cosine")
    page.get_by_label("seed").fill("2")
    page.get_by_label("seed").press("Enter")
    noise = page.get_by_label("noise of the gradient")
    noise.focus()
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    assert noise.input_value() == "1.5"
    ours = descend(
        "isotropic_paraboloid", (6, 6), "sgd", 60, lr=0.8, schedule={"name": "cosine", "steps": 60}, noise=1.5, seed=2
    )
    last = page.evaluate("gradpath.app.runs[0].path.at(-1)")
    assert last["x"] == pytest.approx(ours.loc[60, ["x1", "x2"]].tolist(), rel=1e-9)
    settle(page)
    view(page, page.evaluate("location.hash.slice(1)"))
    assert page.evaluate("gradpath.app.runs[0].path.at(-1).x") == last["x"]
    page.get_by_role("tab", name="Rule").click()


# ---- the map ----


def test_a_click_into_the_map_takes_rate_and_momentum_and_its_cells_are_pythons(page):
    view(page, "run=momentum;lr:0.5;momentum:0.1;steps:100&panel=map")
    page.wait_for_function("document.querySelector('.ex-rate-map').dataset.state === 'done'", timeout=60000)
    box = page.locator(".ex-rate-map").bounding_box()
    page.mouse.click(box["x"] + 44 + 0.6 * (box["width"] - 52), box["y"] + 6 + 0.5 * (box["height"] - 38))
    settings = state(page)["runs"][0]["settings"]
    assert settings["lr"] == pytest.approx(10 ** (-3 + 0.6 * 4), rel=0.05)
    assert settings["momentum"] == pytest.approx(0.495, abs=0.02)
    rates, momenta = [0.01, 0.1, 0.4, 0.9, 5.0], [0.0, 0.5, 0.9]
    ours = steps_to_reach("anisotropic_paraboloid", (5.1, 2.3), "momentum", 100, lr=rates, momentum=momenta)
    for row in ours.to_dict("records"):
        theirs = page.evaluate(
            "([lr, momentum]) => { const { surface, state, goal } = gradpath.app;"
            " const settings = { lr, momentum, weight_decay: 0 };"
            " const n = gradpath.countSteps(surface, state.start, 'momentum', 100, settings, goal, 0.01);"
            " return Number.isFinite(n) ? n : String(n); }",
            [row["lr"], row["momentum"]],
        )
        if row["status"] == "reached":
            assert theirs == row["steps"], row
        else:
            assert theirs in ("Infinity", "NaN"), row
