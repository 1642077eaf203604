"""The explorer's page, used as a lecturer uses it: by mouse, keyboard and address, on a projector and on a phone."""

from __future__ import annotations

import pytest
import torch

from gradpath import descend, read_experiments, steps_to_reach
from gradpath.surfaces import get_surface
from gradpath.workshop.explorer_presets import explorer_presets
from tests.book.explorer_page import settle, state, view, write_pages
from tests.conftest import CHROMIUM
from tests.rendered_book import served

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
SMALL = {"width": 390, "height": 800}


@pytest.fixture(scope="module")
def site(project, tmp_path_factory):
    with served(write_pages(project, tmp_path_factory.mktemp("explorer"))) as address:
        yield address


@pytest.fixture(scope="module")
def opened(browser, site):
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(f"{site}/explorer.html")
    page.wait_for_function("window.gradpath?.app")
    yield page
    page.close()


@pytest.fixture
def page(opened):
    """Begin with the view that the explorer opens with."""
    opened.set_viewport_size({"width": 1280, "height": 720})
    opened.mouse.move(2, 2)
    view(opened)
    return opened


def place(page, point) -> tuple[float, float]:
    """Where on the screen a point of the surface lies."""
    return tuple(
        page.evaluate(
            """([a, b]) => {
              const [l, r, b0, t] = gradpath.app.window, [w, h] = gradpath.app.pixels;
              const canvas = document.querySelector('.ex-map canvas').getBoundingClientRect();
              return [canvas.left + (a - l) / (r - l) * w, canvas.top + (t - b) / (t - b0) * h];
            }""",
            list(point),
        )
    )


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
        assert theirs == (row["steps"] if row["status"] == "reached" else theirs)
        assert isinstance(theirs, str) == (row["status"] != "reached"), row


# ---- presets ----


def test_every_declared_figure_is_a_view_with_its_paths(page, project):
    figures = read_experiments(project / "shared_figures" / "experiments.yaml")
    offered = page.locator(".ex-presets option").evaluate_all("all => all.map(o => o.value)")
    seen = 0
    for figure in figures.values():
        ids = [name for name in offered if name == figure.id or name.startswith(f"{figure.id}--")]
        assert ids, figure.id
        ends = []
        for name in ids:
            view(page, f"preset={name}")
            assert state(page)["preset"] == name
            ends += page.evaluate("gradpath.app.runs.map(({path}) => path.at(-1).x)")
        for path in figure.paths:
            more = {"schedule": path.schedule, "noise": path.noise, "seed": path.seed}
            ours = descend(path.surface, path.start, path.optimizer, path.steps, **more, **path.hyperparameters)
            end = ours[["x1", "x2"]].iloc[-1].tolist()
            assert any(end == pytest.approx(e, rel=1e-9, abs=1e-12) for e in ends), (figure.id, path.id)
            seen += 1
    assert seen > 40


def test_the_committed_views_are_what_is_declared(project):
    [(file, text)] = explorer_presets(project).items()
    assert file.read_text(encoding="utf-8") == text


def test_choosing_a_view_and_changing_it(page):
    page.get_by_label("View", exact=True).select_option("adam")
    settle(page)
    assert page.evaluate("location.hash") == "#preset=adam"
    page.get_by_label("steps", exact=True).focus()
    page.keyboard.press("ArrowRight")
    assert state(page)["preset"] is None
    assert page.get_by_label("View", exact=True).input_value() == ""
    settle(page)
    assert page.evaluate("location.hash").startswith("#surface=anisotropic_paraboloid&start=5.1,2.3&run=sgd;")


# ---- the address ----


def test_an_address_of_an_earlier_book_still_works(page):
    view(page, "surface=beale&start=1,1.5&on=adam&lr_adam=0.1&steps=77&beta1=0.5&init=gradient&eps=-6")
    [run] = state(page)["runs"]
    assert run["steps"] == 77
    ours = descend("beale", (1, 1.5), "adam", 77, lr=0.1, beta1=0.5, init="gradient", eps=1e-6)
    assert page.evaluate("gradpath.app.runs[0].path.at(-1).value") == pytest.approx(ours.value.iloc[-1], rel=1e-9)


def test_an_address_keeps_everything(page):
    address = (
        "surface=rosenbrock&start=-1.5,2&run=adam;lr:0.1;beta1:0.5;steps:120;noise:0.3;seed:7;"
        'schedule:{"name":"cosine","steps":120,"lr_min":0}&run=sgd;lr:0.001;steps:50;off:1&selected=1&step=9&panel=inside'
    )
    view(page, address)
    before = state(page)
    assert (before["step"], before["panel"], before["selected"]) == (9, "inside", 1)
    assert before["runs"][0]["schedule"] == {"name": "cosine", "steps": 120, "lr_min": 0}
    assert [run["on"] for run in before["runs"]] == [True, False]
    view(page, page.evaluate("location.hash.slice(1)"))
    assert state(page) == before


BAD = [
    "surface=__proto__",
    "start=a,b",
    "start=1",
    "steps=-5",
    "on=lion",
    "lr_sgd=nan",
    "beta1=",
    "preset=constructor",
]
BAD += [
    "run=lion;lr:1",
    "run=__proto__",
    "run=sgd;lr:x;steps:1e99",
    'run=sgd;schedule:{"name":"__proto__"}',
    "view=1,1,1,1",
]
BAD += [
    "run=sgd;schedule:{",
    "view=a",
    "selected=99",
    "step=-3",
    "panel=__proto__",
    "surface=own&f=constructor",
    "%",
    "=&=&",
]


@pytest.mark.parametrize("bad", BAD)
def test_nonsense_in_an_address_is_ignored(page, bad):
    view(page, bad)
    now = state(page)
    assert now["surface"] in ("anisotropic_paraboloid", "own")
    assert now["start"] in ([5.1, 2.3], [2.5, 2])
    assert now["view"] is None
    assert now["panel"] == "race"
    assert all(0 <= run["steps"] <= 1000 and run["schedule"] is None for run in now["runs"])
    assert all(run["settings"]["lr"] > 0 for run in now["runs"])
    assert page.locator(".ex-map canvas").is_visible()


# ---- screens, themes, readers ----


@pytest.mark.parametrize(
    "address", ["", "panel=map", "preset=scheduled--anisotropic-paraboloid", "surface=own&run=adamw"]
)
def test_everything_is_on_one_screen(page, address):
    view(page, address)
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        1280,
        720,
    ]
    for part in (".ex-head", ".ex-stage", ".ex-player", ".ex-curve", ".ex-left", ".ex-right", ".ex-right .ex-tabs"):
        box = page.locator(part).first.bounding_box()
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= 720.5, part
        assert box["x"] + box["width"] <= 1280.5, part
    assert page.evaluate("(e => e.scrollHeight - e.clientHeight)(document.querySelector('.ex-left'))") <= 1
    assert page.locator(".ex-stage").bounding_box()["width"] > 500


def test_a_phone_does_not_scroll_sideways(page):
    page.set_viewport_size(SMALL)
    for address in ("", "preset=adam&panel=inside", "panel=map", "surface=own"):
        view(page, address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


def test_a_dark_page_gets_a_dark_picture(page):
    light = page.locator(".ex-until").first.get_attribute("stroke")
    page.evaluate("document.body.style.background = '#111'; document.body.className = 'dark'")
    page.wait_for_function("gradpath.app.root.dataset.look === 'dark'")
    assert page.locator(".ex-until").first.get_attribute("stroke") != light
    pixel = "(c => [...c.getContext('2d').getImageData(5, 5, 1, 1).data])(document.querySelector('.ex-map canvas'))"
    assert sum(page.evaluate(pixel)[:3]) < 200
    page.evaluate("document.body.style.background = 'white'; document.body.className = ''")
    page.wait_for_function("gradpath.app.root.dataset.look === 'light'")


def test_what_is_seen_is_also_said(page):
    said = page.locator(".ex-live").text_content()
    assert said.startswith("ravine, from (5.1, 2.3). sgd, lr 0.4: reaches the goal in 18 steps, ends at -5.")
    assert page.locator(".ex-paths").get_attribute("aria-label") == said
    assert page.locator(".ex-live").get_attribute("role") == "status"


def test_the_guide_is_a_dialog(page):
    guide = page.locator(".ex-guide")
    assert not guide.is_visible()
    page.get_by_label("About the explorer, and things to try").click()
    assert "What there is to know." in guide.inner_text()
    page.keyboard.press("Escape")
    assert not guide.is_visible()


def test_full_screen_can_be_had_and_left(page):
    page.get_by_label("Full screen").click()
    page.wait_for_function("document.fullscreenElement?.id === 'explorer'")
    page.get_by_label("Full screen").click()
    page.wait_for_function("document.fullscreenElement === null")


@pytest.mark.parametrize("theme", ["#ffffff", "#14181d"])
@pytest.mark.parametrize("address", ["", "panel=inside&step=4", "panel=map", "surface=own"])
def test_axe_finds_nothing(page, theme, address):
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate("colour => { document.body.style.background = colour; }", theme)
    view(page, address)
    found = Axe().run(page, context="#explorer").response["violations"]
    page.evaluate("document.body.style.background = 'white'")
    assert [(v["id"], v["nodes"][0]["html"][:150]) for v in found] == []


def test_it_works_from_a_folder_and_asks_nobody(browser, project, tmp_path):
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((write_pages(project, tmp_path) / "explorer.html").as_uri() + "#preset=momentum&panel=map")
    page.wait_for_function("document.querySelector('.ex-rate-map')?.dataset.state === 'done'", timeout=60000)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert complaints == []
    assert len(asked) > 25
    page.close()


# ---- a small one in a chapter ----


def test_a_small_explorer_is_moved_by_hand_and_leads_to_the_large_one(browser, site):
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(f"{site}/chapter.html")
    embed = page.locator(".explorer-embed.ex-made")
    embed.wait_for()
    assert embed.locator("input[type=range]").count() == 4
    embed.get_by_label("momentum", exact=True).focus()
    page.keyboard.press("End")
    embed.get_by_label("learning rate", exact=True).focus()
    page.keyboard.press("ArrowRight")
    runs = page.evaluate("document.querySelector('.explorer-embed').explorer.state.runs.map(r => r.settings)")
    assert runs[1]["momentum"] == 0.99
    assert runs[0]["lr"] == runs[1]["lr"] > 0.45
    page.wait_for_function("document.querySelector('.explorer-embed a').hash.includes('momentum:0.99')")
    assert "diverges" in embed.locator(".ex-said-now").inner_text() or "not reach" in embed.inner_text()
    embed.locator(".ex-play").click()
    page.wait_for_function("document.querySelector('.explorer-embed').explorer.step > 0")
    embed.get_by_text("reset", exact=True).click()
    assert page.evaluate("document.querySelector('.explorer-embed').explorer.state.runs[1].settings.momentum") == 0.2
    page.set_viewport_size(SMALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    embed.get_by_role("link").click()
    page.wait_for_function("window.gradpath?.app?.state.runs.length === 2")
    page.close()
