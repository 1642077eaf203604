"""The explorer's own rules, schedules and noise, in a real browser, against the Python lane."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from gradpath import default_hyperparameters, descend, make_schedule, optimizer_names, read_experiments, surface_names
from gradpath.paths.noise import gradient_noise
from gradpath.schedules.schedules import schedule_names, schedule_parameters
from gradpath.surfaces import SURFACES
from gradpath.workshop.comparison import relative_differences
from tests.book.explorer_page import write_pages
from tests.conftest import CHROMIUM
from tests.rendered_book import served

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def page(browser, project, tmp_path_factory):
    """Open the explorer; these tests call its functions and change nothing on the page."""
    with served(write_pages(project, tmp_path_factory.mktemp("explorer"))) as site:
        opened = browser.new_page(viewport={"width": 1280, "height": 720})
        opened.goto(f"{site}/explorer.html")
        opened.wait_for_function("window.gradpath?.app")
        yield opened
        opened.close()


def in_the_browser(page, surface, start, optimizer, steps, hyper, **more):
    call = """([s, x, o, n, h, m]) => gradpath.descend(s, x, o, n, h, m).map(({x, value}) => ({x, value}))"""
    return page.evaluate(call, [surface, list(start), optimizer, steps, hyper, more])


def declared(project):
    for figure in read_experiments(project / "shared_figures" / "experiments.yaml").values():
        for path in figure.paths:
            yield figure, path


def test_every_declared_path_is_pythons(page, project):
    """All of them, scheduled and noisy ones too; JavaScript has float64 alone, so Python's is taken in float64."""
    compared = set()
    for figure, path in declared(project):
        call = (path.surface, path.start, path.optimizer, path.steps)
        more = {"schedule": path.schedule, "noise": path.noise, "seed": path.seed}
        ours = descend(*call, **more, **path.hyperparameters)
        theirs = in_the_browser(page, *call, path.hyperparameters, **more)
        assert len(theirs) == len(ours), path.id
        table = ours.assign(
            x1=[p["x"][0] for p in theirs], x2=[p["x"][1] for p in theirs], value=[p["value"] for p in theirs]
        )
        assert relative_differences(table, ours).max() < 1e-9, (figure.id, path.id)
        compared |= {"path", *(["schedule"] if path.schedule else []), *(["noise"] if path.noise else [])}
        if path.dtype == "float32":
            # And not far from what float32 gives: it has seven digits, and a path adds up what it loses.
            short = descend(*call, dtype="float32", **more, **path.hyperparameters)
            assert np.allclose(short[["x1", "x2"]], table[["x1", "x2"]], rtol=1e-3, atol=1e-3), path.id
    assert compared == {"path", "schedule", "noise"}


def test_it_knows_every_surface_and_optimizer_with_pythons_defaults(page):
    assert page.evaluate("Object.keys(gradpath.surfaces)") == surface_names()
    # The package's list decides, so that a rule that JavaScript lacks fails, and one too many as well.
    defaults = page.evaluate("gradpath.defaults")
    assert defaults == {name: default_hyperparameters(name) for name in optimizer_names()}
    assert set(page.evaluate("Object.keys(gradpath.rules)")) == set(optimizer_names())
    start = (5.1, 2.3)
    for name in optimizer_names():
        theirs = in_the_browser(page, "anisotropic_paraboloid", start, name, 5, {})
        ours = descend("anisotropic_paraboloid", start, name, 5)
        assert [p["x"] for p in theirs] == [
            pytest.approx(list(x), rel=1e-9) for x in zip(ours.x1, ours.x2, strict=True)
        ]
    for name, surface in SURFACES.items():
        assert tuple(page.evaluate("n => gradpath.surfaces[n].window", name)) == surface.window
        assert np.allclose(page.evaluate("n => gradpath.surfaces[n].minima", name), surface.minima or [])


def test_it_knows_every_schedule_that_can_be_written_down(page):
    known = schedule_parameters()
    # A function of one's own has no form that a page could hold.
    assert page.evaluate("Object.keys(gradpath.schedules)") == [n for n in schedule_names() if n != "lambda"]
    theirs = page.evaluate("JSON.stringify(gradpath.scheduleParameters, (k, v) => v === undefined ? 'needed' : v)")
    assert json.loads(theirs) == {
        name: {key: "needed" if value is ... else value for key, value in parameters.items()}
        for name, parameters in known.items()
        if name != "lambda"
    }


def test_a_schedule_gives_pythons_rates_far_beyond_its_end(page, project):
    compared = 0
    for _, path in declared(project):
        if not path.schedule or path.schedule["name"] == "plateau":
            continue
        ours = [make_schedule(path.schedule, 0.7)(t) for t in range(150)]
        theirs = page.evaluate(
            "s => { const r = gradpath.rateOf(gradpath.completeSchedule(s), 0.7), out = [];"
            " for (let t = 0; t < 150; t += 1) { out.push(r.now()); r.next(1); } return out; }",
            path.schedule,
        )
        assert theirs == pytest.approx(ours, rel=1e-12, abs=1e-15), path.id
        compared += 1
    assert compared >= 14


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "cosine",
        {"name": "lambda"},
        {"name": "constructor"},
        {"name": "cosine"},
        {"name": "cosine", "steps": 0},
        {"name": "cosine", "steps": 5, "gamma": 1},
        {"name": "step", "step_size": 2.5},
        {"name": "multi_step", "milestones": [5, 5]},
        {"name": "one_cycle", "steps": 3},
        {"name": "warmup", "warmup": 3, "then": {"name": "plateau"}},
        {"name": "chained", "schedules": []},
        {"name": "plateau", "factor": 1},
    ],
)
def test_a_schedule_that_is_not_accepted_is_none(page, bad):
    assert page.evaluate("s => gradpath.completeSchedule(s)", bad) is None
    assert page.evaluate("s => gradpath.completeSchedule(s)", {"name": "cosine", "steps": 5}) is not None


@pytest.mark.parametrize("seed", [0, 1, 13, 2**31, 2**32 - 1])
def test_the_noise_is_pytorchs_from_the_same_seed(page, seed):
    # More than 624 words of the generator, so that it is renewed on the way.
    ours = gradient_noise(400, 1.5, seed).numpy()
    theirs = page.evaluate(
        "s => { const draw = gradpath.normalPairs(s);"
        " return Array.from({length: 400}, () => draw().map(v => 1.5 * v)); }",
        seed,
    )
    assert np.abs(np.array(theirs) - ours).max() < 1e-13


def test_a_path_that_diverges_stops_at_its_last_finite_point(page):
    ours = descend("rosenbrock", (-1.5, 2), "sgd", 100, lr=1.0)
    theirs = in_the_browser(page, "rosenbrock", (-1.5, 2), "sgd", 100, {"lr": 1.0})
    assert len(theirs) == len(ours) < 20
    assert [p["value"] for p in theirs] == pytest.approx(list(ours.value), rel=1e-9)


@pytest.mark.parametrize(("condition", "degrees"), [(10, 0), (50, 30), (3, -75)])
def test_a_turned_bowl_has_the_gradient_of_its_formula(page, condition, degrees):
    x = torch.tensor([1.7, -2.2], dtype=torch.float64, requires_grad=True)
    angle = torch.deg2rad(torch.tensor(degrees, dtype=torch.float64))
    u = x[0] * torch.cos(angle) + x[1] * torch.sin(angle)
    v = x[1] * torch.cos(angle) - x[0] * torch.sin(angle)
    value = u**2 * 0.2 + v**2 * 0.2 * condition
    value.backward()
    theirs = page.evaluate(
        "([k, d, p]) => { const b = gradpath.bowl(k, d); return [b.value(p), ...b.gradient(p)]; }",
        [condition, degrees, [1.7, -2.2]],
    )
    assert theirs == pytest.approx([value.item(), *x.grad.tolist()], rel=1e-12)
