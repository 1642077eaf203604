"""The explorer's views: every declared figure, and whatever an address may say."""

from __future__ import annotations

import pytest

from gradpath import descend, read_experiments
from gradpath.workshop.explorer_presets import explorer_presets
from tests.book.explorer_page import settle, state, view
from tests.conftest import CHROMIUM

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


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
    "run=lion;lr:1",
    "run=__proto__",
    "run=sgd;lr:x;steps:1e99",
    'run=sgd;schedule:{"name":"__proto__"}',
    "view=1,1,1,1",
    "run=sgd;schedule:{",
    "view=a",
    "view=1,1,0,2",
    "view=0,2,1,1",
    "selected=99",
    "step=-3",
    "panel=__proto__",
    "surface=own&f=constructor",
    "%",
    "=&=&",
]


@pytest.mark.parametrize("bad", BAD)
def test_nonsense_in_an_address_is_ignored(page, bad):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    view(page, "preset=adam&view=0,1,0,1")
    view(page, bad)
    assert errors == []
    now = state(page)
    assert now["surface"] in ("anisotropic_paraboloid", "own")
    assert now["start"] in ([5.1, 2.3], [2.5, 2])
    assert now["view"] is None
    assert now["panel"] == "race"
    assert all(0 <= run["steps"] <= 1000 and run["schedule"] is None for run in now["runs"])
    assert all(run["settings"]["lr"] > 0 for run in now["runs"])
    assert page.locator(".ex-map canvas").is_visible()
