"""The explorer's own update rules, in a real browser, against the Python lane; and its page, used by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gradpath import default_hyperparameters, descend, optimizer_names, read_experiments, surface_names
from gradpath.surfaces import SURFACES
from gradpath.workshop.comparison import relative_differences
from tests.conftest import CHROMIUM

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture
def page(browser, project):
    """Open an empty page with the scripts of the explorer, as its chapter loads them."""
    opened = browser.new_page(viewport={"width": 1200, "height": 900})
    opened.set_content(
        '<!doctype html><html lang="en"><body style="background: white"><div id="explorer"></div></body>'
    )
    folder = project / "book" / "explorer"
    opened.add_style_tag(path=folder / "explorer.css")
    for script in ("rules.js", "drawing.js", "explorer.js"):
        opened.add_script_tag(path=folder / script)
    yield opened
    opened.close()


def in_the_browser(page, surface, start, optimizer, steps, hyper):
    call = "([s, x, o, n, h]) => gradpathRules.descend(s, x, o, n, h)"
    return page.evaluate(call, [surface, list(start), optimizer, steps, hyper])


def test_every_declared_path_is_pythons(page, project):
    compared = 0
    for figure in read_experiments(project / "shared_figures" / "experiments.yaml").values():
        for path in figure.paths:
            call = (path.surface, path.start, path.optimizer, path.steps)
            if path.dtype != "float64" or getattr(path, "schedule", None) or getattr(path, "noise", None):
                continue  # JavaScript has float64 alone, and the explorer no schedules
            ours = descend(*call, **path.hyperparameters)
            theirs = in_the_browser(page, *call, path.hyperparameters)
            assert len(theirs) == len(ours), path.id
            table = ours.assign(
                x1=[p["x"][0] for p in theirs], x2=[p["x"][1] for p in theirs], value=[p["value"] for p in theirs]
            )
            assert relative_differences(table, ours).max() < 1e-9, (figure.id, path.id)
            compared += 1
    assert compared >= 30


def test_it_knows_every_surface_and_optimizer_with_pythons_defaults(page):
    assert page.evaluate("Object.keys(gradpathRules.surfaces)") == surface_names()
    # The package's list decides, so that a rule that JavaScript lacks fails, and one too many as well.
    defaults = page.evaluate("gradpathRules.defaults")
    assert defaults == {name: default_hyperparameters(name) for name in optimizer_names()}
    start = (5.1, 2.3)
    for name in optimizer_names():
        theirs = in_the_browser(page, "anisotropic_paraboloid", start, name, 5, {})
        ours = descend("anisotropic_paraboloid", start, name, 5)
        assert [p["x"] for p in theirs] == [
            pytest.approx(list(x), rel=1e-9) for x in zip(ours.x1, ours.x2, strict=True)
        ]
    for name, surface in SURFACES.items():
        assert tuple(page.evaluate("n => gradpathRules.surfaces[n].window", name)) == surface.window
        assert np.allclose(page.evaluate("n => gradpathRules.surfaces[n].minima", name), surface.minima or [])


def test_a_path_that_diverges_stops_at_its_last_finite_point(page):
    ours = descend("rosenbrock", (-1.5, 2), "sgd", 100, lr=1.0)
    theirs = in_the_browser(page, "rosenbrock", (-1.5, 2), "sgd", 100, {"lr": 1.0})
    assert len(theirs) == len(ours) < 20
    assert [p["value"] for p in theirs] == pytest.approx(list(ours.value), rel=1e-9)


def state_of(page) -> dict[str, str]:
    pairs = page.evaluate("location.hash.slice(1)").split("&")
    return dict(pair.split("=", 1) for pair in pairs)


def test_dragging_the_start_moves_every_path(page):
    before = page.locator(".explorer-map polyline").first.get_attribute("points")
    box = page.locator(".explorer-map").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 4, steps=3)
    page.mouse.up()
    x1, x2 = map(float, state_of(page)["start"].split(","))
    assert x1 == pytest.approx(-5, abs=0.1)
    assert x2 == pytest.approx(1.5, abs=0.1)
    assert page.locator(".explorer-map polyline").first.get_attribute("points") != before


def test_the_keyboard_does_everything(page):
    page.locator(".explorer-start").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    x1, x2 = map(float, state_of(page)["start"].split(","))
    assert (x1, x2) == (pytest.approx(4.9), pytest.approx(2.24))
    page.locator("input[value=adam]").focus()
    page.keyboard.press("Space")
    assert "adam" in state_of(page)["on"].split(",")
    page.get_by_label("learning rate of adam", exact=True).focus()
    before = float(state_of(page)["lr_adam"])
    page.keyboard.press("ArrowRight")
    assert float(state_of(page)["lr_adam"]) > before


def test_an_address_restores_its_view(page):
    page.evaluate("location.hash = 'surface=beale&start=1,1.5&on=adam&lr_adam=0.1&steps=77&beta1=0.5&init=gradient'")
    page.wait_for_function("location.hash.includes('bias_correction')")
    assert page.locator(".explorer-map polyline").count() == 1
    ours = descend("beale", (1, 1.5), "adam", 77, lr=0.1, beta1=0.5, init="gradient")
    assert f"adam ends at {ours.value.iloc[-1]:.6g}"[:18] in page.locator(".explorer-result").inner_text()


@pytest.mark.parametrize("bad", ["surface=__proto__", "start=a,b", "steps=-5", "on=lion", "lr_sgd=nan", "beta1="])
def test_nonsense_in_an_address_is_ignored(page, bad):
    page.evaluate("bad => { location.hash = bad }", bad)
    page.wait_for_function("location.hash.includes('bias_correction')")
    state = state_of(page)
    assert state["surface"] == "anisotropic_paraboloid"
    assert state["start"] == "5.1,2.3"
    assert int(state["steps"]) >= 1


def test_a_dark_page_gets_a_dark_map(page):
    page.evaluate("document.body.style.background = '#111'; document.body.className = 'dark'")
    page.wait_for_function("document.querySelector('.explorer-map polyline').getAttribute('stroke') === '#6cc3f5'")


def test_no_horizontal_scroll_on_a_phone(page):
    page.set_viewport_size({"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
