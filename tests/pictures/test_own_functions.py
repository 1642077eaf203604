"""Pictures of functions and surfaces of the reader's own, flat and seen from the side, and the page."""

from __future__ import annotations

import json
import re
import shutil

import numpy as np
import pytest
import torch
from torch import Tensor

from gradpath import GradpathError, descend, get_surface, plot_paths, plot_paths_3d, save_plot, surface
from gradpath.pictures.contours import contour_grid, contour_levels
from gradpath.pictures.paths_3d import PIECES, laid_on, relief_of
from tests.conftest import CHROMIUM, QUIET


def bowl(x: Tensor) -> Tensor:
    return x[0] ** 2 + x[1] ** 2 * 3


@pytest.fixture
def path():
    return descend(bowl, (4.0, 1.0), "sgd", 12, lr=0.1)


def test_a_functions_window_is_what_the_paths_reach_with_a_margin(path):
    other = descend(bowl, (-1.0, -2.0), "sgd", 12, lr=0.1)
    axes = plot_paths([path, other], bowl).axes[0]
    both = np.concatenate([p[["x1", "x2"]].to_numpy() for p in (path, other)])
    for limits, x in ((axes.get_xlim(), both[:, 0]), (axes.get_ylim(), both[:, 1])):
        margin = 0.15 * (x.max() - x.min())
        assert limits == pytest.approx((x.min() - margin, x.max() + margin))


def test_a_straight_path_and_one_that_stays_have_room():
    along = descend(bowl, (4.0, 0.0), "sgd", 12, lr=0.1)
    axes = plot_paths(along, bowl).axes[0]
    wide, high = (np.ptp(limits) for limits in (axes.get_xlim(), axes.get_ylim()))
    assert high == pytest.approx(wide / 2)
    stays = plot_paths(descend(bowl, (0.0, 0.0), "sgd", 3, lr=0.1), bowl).axes[0]
    assert (stays.get_xlim(), stays.get_ylim()) == ((-1.0, 1.0), (-1.0, 1.0))


def test_a_window_given_is_taken(path):
    assert plot_paths(path, bowl, window=(-5, 6, -7, 8)).axes[0].get_xlim() == (-5, 6)


def test_a_surface_of_ones_own_has_its_own_window_and_crosses(path):
    own = surface(bowl, "own", (-6, 6, -3, 3), minima=[(0, 0)])
    axes = plot_paths(path, own).axes[0]
    assert (axes.get_xlim(), axes.get_ylim()) == ((-6, 6), (-3, 3))
    assert [line.get_marker() for line in axes.lines].count("x") == 1


def test_values_that_are_no_numbers_leave_the_rest_of_the_picture():
    own = surface(lambda x: torch.log(x.sum(-1)), "edge", (-1, 2, -1, 2))
    _, _, values = contour_grid(own, own.window)
    assert np.isnan(values).any()
    levels = contour_levels(values)
    assert len(levels) == 15
    assert np.isfinite(levels).all()


def test_a_plain_is_drawn(path):
    assert plot_paths(path, lambda x: x.sum(-1) * 0 + 3).axes[0].collections


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"surface": None}, r"surface: 'bowl' is not accepted; use one of .*, a surface or a function"),
        ({"surface": 3}, "surface: 3 is not accepted"),
        ({"surface": lambda x: x}, r"surface: returned a tensor of shape \(2,\) for one point"),
        ({"surface": lambda a, b: a}, "surface: a function of 2 arguments is not accepted"),
        ({"window": (1, 0, 0, 1)}, "window: .* is not accepted; use four finite numbers"),
        ({"paths": []}, r"paths: \[\] is not accepted; use at least one path"),
    ],
)
@pytest.mark.parametrize("plot", [plot_paths, plot_paths_3d])
def test_what_cannot_be_drawn_is_refused_in_one_line(path, plot, change, said):
    with pytest.raises(GradpathError, match=rf"^{plot.__name__}\(\): {said}"):
        plot(**({"paths": path, "surface": bowl} | change))


def test_a_window_without_numbers_is_refused(path):
    with pytest.raises(GradpathError, match="surface 'function': has no finite value in the window; use another"):
        plot_paths(path, lambda x: x.sum(-1) * float("nan"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"height": "deep"}, "height: 'deep' is not accepted; use one of value, root"),
        ({"turn": "left"}, "turn: 'left' is not accepted; use a finite number of degrees"),
        ({"tilt": float("nan")}, "tilt: nan is not accepted"),
        ({"theme": "grey"}, "theme: 'grey' is not accepted; use one of light, dark"),
    ],
)
def test_what_no_view_from_the_side_has_is_refused(path, change, said):
    with pytest.raises(GradpathError, match=rf"^plot_paths_3d\(\): {said}"):
        plot_paths_3d(path, bowl, **change)


def test_a_path_is_laid_onto_the_surface_and_ends_where_the_window_does():
    saddle = get_surface("saddle")
    path = descend("saddle", (1.0, 0.1), "sgd", 40, lr=0.1)
    relief = relief_of(saddle, saddle.window, "value")
    line, points = laid_on(relief, saddle, path, saddle.window)
    inside = path["x2"].abs() <= saddle.window[3]
    assert 0 < inside.sum() < len(path)
    assert (np.isfinite(points[2]) == inside).all()
    assert points[2][inside] == pytest.approx(path["value"][inside])
    x1, x2, height = (numbers[np.isfinite(line[2])] for numbers in line)
    assert height == pytest.approx(x1**2 - x2**2)
    assert len(line[0]) == (len(path) - 1) * PIECES + 1


def test_the_root_is_that_of_how_far_a_value_is_above_the_lowest():
    rosenbrock = get_surface("rosenbrock")
    relief = relief_of(rosenbrock, rosenbrock.window, "root")
    heights = relief.height_of(relief.values)
    assert heights**2 + relief.lowest == pytest.approx(relief.values)


def test_facets_have_the_colours_of_the_contour_bands_and_are_lit():
    own = get_surface("isotropic_paraboloid")
    relief = relief_of(own, own.window, "value")
    assert relief.colours("light").shape == (40, 40, 4)
    light = relief.light()
    assert light.min() >= 0.7
    assert light.max() <= 1
    # The light comes from the left and the front: a slope that faces it is brighter than the one across.
    assert light[5, 35] != light[35, 5]
    assert light[35, 35] > light[5, 5]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_view_from_the_side_has_facets_paths_and_labels(tmp_path, theme):
    paths = [descend("beale", (1, 1.5), o, 20, lr=0.01) for o in ("sgd", "adam")]
    figure = plot_paths_3d(paths, labels=["one", "other"], title="Two", theme=theme)
    axes = figure.axes[0]
    assert axes.name == "3d"
    assert len(axes.collections) == 1
    assert [t.get_text().strip() for t in axes.texts] == ["one", "other", "start"]
    # Two lines, two rows of markers, the ring and the cross.
    assert len(axes.lines) == 6
    once, again = tmp_path / "once.svg", tmp_path / "again.svg"
    for file in (once, again):
        save_plot(plot_paths_3d(paths, theme=theme), file)
    assert once.read_bytes() == again.read_bytes()


# The page. plotly may be missing where only the library is installed.


@pytest.fixture
def page():
    pytest.importorskip("plotly")
    from gradpath import write_surface_page

    return write_surface_page


def test_a_page_is_whole_and_asks_nobody(page, path, tmp_path):
    file = page(tmp_path / "page.html", path, bowl, title="A </script> & more", labels=["</script>"])
    text = file.read_text(encoding="utf-8")
    assert "<title>A &lt;/script&gt; &amp; more</title>" in text
    assert text.count("</script>") == 2
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=", text)
    picture = json.loads(re.search(r"^const picture = (.*);$", text, re.MULTILINE)[1])
    kinds = [trace["type"] for trace in picture["data"]]
    assert kinds == ["surface", "scatter3d", "scatter3d", "scatter3d"]
    assert list(tmp_path.iterdir()) == [file]


def test_pages_share_the_library(page, path, tmp_path):
    for name in ("one.html", "two.html"):
        file = page(tmp_path / name, path, bowl, shared=True)
        assert '<script src="plotly.min.js"></script>' in file.read_text(encoding="utf-8")
        assert file.stat().st_size < 1e6
    assert {f.name for f in tmp_path.iterdir()} == {"one.html", "two.html", "plotly.min.js"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"file": "page.svg"}, "file: 'page.svg' is not accepted; use the name of a file, \\*.html"),
        ({"file": 3}, "file: 3 is not accepted"),
        ({"shared": 1}, "shared: 1 is not accepted; use true or false"),
        ({"height": "deep"}, "height: 'deep' is not accepted; use one of value, root"),
    ],
)
def test_what_makes_no_page_is_refused(path, change, said):
    from gradpath import write_surface_page

    with pytest.raises(GradpathError, match=rf"^write_surface_page\(\): {said}"):
        write_surface_page(**({"file": "page.html", "paths": path, "surface": bowl} | change))


def test_without_plotly_one_line_says_so(path, tmp_path, monkeypatch):
    from gradpath import write_surface_page

    monkeypatch.setitem(__import__("sys").modules, "plotly.graph_objects", None)
    with pytest.raises(GradpathError, match="needs plotly, which is not installed; use pip install plotly"):
        write_surface_page(tmp_path / "page.html", path, bowl)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_browser_draws_the_page_and_asks_no_other_host(page, path, tmp_path):
    from playwright.sync_api import sync_playwright

    file = page(tmp_path / "page.html", path, bowl)
    software = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    flags = [*(flag for flag in QUIET if flag != "--disable-gpu"), *software]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which(CHROMIUM) or CHROMIUM, args=flags)
        asked, failed = [], []
        shown = browser.new_page()
        shown.on("request", lambda request: asked.append(request.url))
        shown.on("pageerror", lambda error: failed.append(str(error)))
        shown.goto(file.as_uri())
        shown.wait_for_selector("#surface canvas", timeout=60_000)
        traces = shown.evaluate("document.getElementById('surface').data.map(trace => trace.type)")
        browser.close()
    assert failed == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert traces == ["surface", "scatter3d", "scatter3d", "scatter3d"]
