"""Maps of steps and walks: against descend() one by one, the same table and refusals in R; what the pictures show."""

from __future__ import annotations

import io
import json
import math
import re

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.colors import to_rgb

from gradpath import GradpathError, descend, plot_steps, plot_walks, save_plot, steps_to_reach
from gradpath.pictures.colours import THEMES
from gradpath.pictures.maps import STEP_COLOURS, cell_edges, map_labels, ticks_between, widest_place
from gradpath.pictures.walks import points_inside
from gradpath.workshop.r_process import R

RAVINE = ("anisotropic_paraboloid", (5.1, 2.3))
MAPS = {
    "momentum": (*RAVINE, "momentum", 120, {"lr": [0.05, 0.2, 0.45, 0.8, 1.2], "momentum": [0.0, 0.3, 0.6, 0.9]}),
    "adam": (*RAVINE, "adam", 90, {"lr": [0.1, 0.8, 3.0, 40.0], "beta1": [0.0, 0.5, 0.9]}),
    "rosenbrock": (
        "rosenbrock",
        (-1.5, 2.0),
        "momentum",
        400,
        {"lr": [5e-4, 1e-3, 2e-3, 5e-3], "momentum": [0.5, 0.9]},
    ),
    "rmsprop": ("beale", (1.0, 1.5), "rmsprop", 150, {"lr": [0.01, 0.1, 0.5], "alpha": [0.5, 0.9, 0.99]}),
}


def counted(name: str) -> pd.DataFrame:
    surface, start, optimizer, steps, hyper = MAPS[name]
    return steps_to_reach(surface, start, optimizer, steps, **hyper)


@pytest.mark.parametrize("name", MAPS)
def test_a_map_made_at_once_is_that_of_single_runs(name):
    surface, start, optimizer, steps, hyper = MAPS[name]
    counts = counted(name)
    assert len(counts) == math.prod(map(len, hyper.values()))
    bottom = counts.attrs["bottom"]
    for row in counts.to_dict("records"):
        path = descend(surface, start, optimizer, steps, **{h: row[h] for h in hyper})
        away = path.step[~(path.value - bottom < 0.01)]
        alone = 0 if away.empty else int(away.max()) + 1
        finished = path.attrs["status"] == "finished"
        if finished and alone <= steps:
            assert (row["steps"], row["status"]) == (alone, "reached"), row
        else:
            higher = not finished or path.value.iloc[-1] > path.value.iloc[0]
            assert (row["steps"], row["status"]) == (math.inf, "diverged" if higher else "not reached"), row
    assert counts.status.nunique() >= 2


def test_runs_are_in_the_order_of_the_lists_and_numbers_are_no_columns():
    counts = steps_to_reach(*RAVINE, "momentum", 5, momentum=(0.1, 0.2), lr=np.array([0.3, 0.4]), weight_decay=0.0)
    assert counts.columns.tolist() == ["momentum", "lr", "steps", "status"]
    assert counts[["momentum", "lr"]].to_numpy().tolist() == [[0.1, 0.3], [0.1, 0.4], [0.2, 0.3], [0.2, 0.4]]
    assert counts.attrs["hyperparameters"]["weight_decay"] == 0.0
    alone = steps_to_reach(*RAVINE, "sgd", 40, lr=0.4)
    assert alone.columns.tolist() == ["steps", "status"]
    assert alone.steps.tolist() == [18.0]


def test_a_function_of_the_readers_own_needs_its_bottom():
    counts = steps_to_reach(lambda x: (x**2).sum(-1) + 7, (1, 1), "sgd", 9, bottom=7.0, lr=[0.5, 0.25, 2.0])
    # A rate of 0.5 is there in one step; one of 0.25 halves both coordinates each time.
    assert counts.steps.tolist() == [1, 4, math.inf]
    assert counts.status.tolist() == ["reached", "reached", "diverged"]


def test_both_languages_count_the_same_steps(r: R):
    said = r.run(
        "library(gradpath); maps <- jsonlite::fromJSON(commandArgs(trailingOnly = TRUE)[1]);"
        " for (m in maps) { t <- do.call(steps_to_reach, c(m[1:4], m[[5]]));"
        " utils::write.csv(t, row.names = FALSE, quote = FALSE); cat('---\\n') }",
        json.dumps(list(MAPS.values())),
        quiet=True,
    )
    for name, text in zip(MAPS, said.split("---\n"), strict=False):
        theirs, ours = pd.read_csv(io.StringIO(text)), counted(name)
        assert theirs.columns.tolist() == ours.columns.tolist()
        assert theirs.status.tolist() == ours.status.tolist(), name
        assert theirs.steps.tolist() == ours.steps.tolist(), name


CALLS = {
    "steps_to_reach('bowl', c(1, 1), 'sgd', 3)": lambda: steps_to_reach("bowl", (1, 1), "sgd", 3),
    "steps_to_reach('beale', c(1, 2, 3), 'sgd', 3)": lambda: steps_to_reach("beale", [1, 2, 3], "sgd", 3),
    "steps_to_reach('beale', c(1, 1), 'lion', 3)": lambda: steps_to_reach("beale", (1, 1), "lion", 3),
    "steps_to_reach('beale', c(1, 1), 'sgd', -3)": lambda: steps_to_reach("beale", (1, 1), "sgd", -3),
    "steps_to_reach('beale', c(1, 1), 'sgd', 3, within = 0)": lambda: steps_to_reach(
        "beale", (1, 1), "sgd", 3, within=0
    ),
    "steps_to_reach('saddle', c(1, 1), 'sgd', 3)": lambda: steps_to_reach("saddle", (1, 1), "sgd", 3),
    "steps_to_reach('beale', c(1, 1), 'sgd', 3, bottom = NaN)": lambda: steps_to_reach(
        "beale", (1, 1), "sgd", 3, bottom=math.nan
    ),
    "steps_to_reach('beale', c(1, 1), 'sgd', 3, lr = numeric())": lambda: steps_to_reach(
        "beale", (1, 1), "sgd", 3, lr=[]
    ),
    "steps_to_reach('beale', c(1, 1), 'sgd', 3, lr = c(0.1, -1))": lambda: steps_to_reach(
        "beale", (1, 1), "sgd", 3, lr=[0.1, -1]
    ),
    "steps_to_reach('beale', c(1, 1), 'sgd', 3, lr = c(0.1, NaN))": lambda: steps_to_reach(
        "beale", (1, 1), "sgd", 3, lr=[0.1, math.nan]
    ),
    "steps_to_reach('beale', c(1, 1), 'sgd', 3, momentum = c(0.1, 0.2))": lambda: steps_to_reach(
        "beale", (1, 1), "sgd", 3, momentum=[0.1, 0.2]
    ),
    "plot_steps(steps_to_reach('beale', c(1, 1), 'sgd', 3, lr = c(0.1, 0.2)))": lambda: plot_steps(
        steps_to_reach("beale", (1, 1), "sgd", 3, lr=[0.1, 0.2])
    ),
    "plot_steps(data.frame(lr = c(1, 2), steps = 1, a = c(1, 2), status = ''))": lambda: plot_steps(
        pd.DataFrame({"lr": [1, 2], "steps": 1, "a": [1, 2], "status": ""})
    ),
    "plot_steps(NULL, theme = 'neon')": lambda: plot_steps(None, theme="neon"),
    "plot_walks(list(sqrt), list(c(1, 2), c(1, 2)), list(c(0, 3), c(0, 3)))": lambda: plot_walks(
        [torch.sqrt], [[1, 2], [1, 2]], [(0, 3), (0, 3)]
    ),
    "plot_walks(list(), list(), list())": lambda: plot_walks([], [], []),
    "plot_walks(list(sqrt), list(1), list(c(0, 3)), theme = 'neon')": lambda: plot_walks(
        [torch.sqrt], [[1]], [(0, 3)], theme="neon"
    ),
}


def test_both_languages_refuse_with_the_same_lines(r: R):
    expected = []
    for call in CALLS.values():
        with pytest.raises(GradpathError) as refused:
            call()
        expected.append(str(refused.value))
    said = r.run(
        "library(gradpath);"
        " try_ <- function(code) cat(tryCatch({ code; 'accepted' }, error = conditionMessage), '\n', sep = '');"
        f" {'; '.join(f'try_({call})' for call in CALLS)}",
        quiet=True,
    )
    assert said.splitlines() == expected


def test_cells_meet_half_way_and_ticks_are_round():
    assert cell_edges([1, 2, 4, 2]).tolist() == [0.5, 1.5, 3.0, 5.0]
    assert ticks_between(0.009, 1.5) == [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]
    assert ticks_between(7, 200) == [10, 20, 50, 100, 200]


def test_a_label_stands_where_its_region_is_widest():
    x, y = (a.ravel().astype(float) for a in np.meshgrid(range(21), range(11), indexing="ij"))
    inside = (x > 12) & (y < 9)
    at = widest_place(x, y, inside)
    assert inside[at]
    assert (x[at], y[at]) == (16, 4)


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_a_picture_names_its_regions_and_the_best_cell(theme):
    counts = steps_to_reach(
        *RAVINE, "momentum", 60, lr=[10 ** (k / 6 - 2) for k in range(13)], momentum=[k / 10 for k in range(10)]
    )
    best = counts.loc[counts.steps.idxmin()]
    labels = map_labels(counts, "momentum")
    assert [text for text, _, _ in labels] == ["diverges", "more than 60 steps", f"best: {best.steps:g}"]
    assert labels[-1][1:] == (best.lr, best.momentum)
    axes = plot_steps(counts, "A map", theme).axes[0]
    assert {text for text, _, _ in labels} <= {text.get_text() for text in axes.texts}
    marks = {line.get_marker(): len(line.get_xdata()) for line in axes.lines}
    assert marks["x"] == (counts.status == "diverged").sum()
    assert marks["."] == (counts.status == "not reached").sum()


def test_a_map_on_which_nothing_arrives_is_drawn():
    counts = steps_to_reach(*RAVINE, "momentum", 3, lr=[1e-4, 1e-3], momentum=[0.1, 0.2])
    assert counts.status.tolist() == ["not reached"] * 4
    assert [text for text, _, _ in map_labels(counts, "momentum")] == ["more than 3 steps"]
    plot_steps(counts)


def lightness(colour: str) -> float:
    r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in to_rgb(colour))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_lightness_alone_orders_the_cells(theme):
    shades = [lightness(c) for c in STEP_COLOURS[theme]["steps"]]
    assert shades == sorted(shades, reverse=theme == "dark")
    assert abs(shades[0] - shades[-1]) > 0.5
    cross, cell = lightness(STEP_COLOURS[theme]["cross"]), lightness(STEP_COLOURS[theme]["diverged"])
    assert (max(cross, cell) + 0.05) / (min(cross, cell) + 0.05) >= 3


@pytest.mark.parametrize("module", ["colours", "maps", "walks"])
def test_both_languages_draw_with_the_same_colours_and_sizes(project, module):
    python = (project / "python" / "gradpath" / "pictures" / f"{module}.py").read_text()
    r = (project / "r" / "R" / f"pictures-{module}.R").read_text()
    assert sorted(re.findall("#[0-9a-f]{6}", python)) == sorted(re.findall("#[0-9a-f]{6}", r))
    constants = re.findall(r"^([A-Z_]+) = ([\d.]+)$", python, flags=re.MULTILINE)
    assert constants == re.findall(r"^([A-Z_]+) <- ([\d.]+)$", r, flags=re.MULTILINE)
    assert constants or module == "colours"


def test_a_walk_is_drawn_until_it_leaves_its_window():
    assert points_inside([1, 2, 9, 1], (0, 3)) == ([1, 2], 9)
    assert points_inside([1, 2], (0, 3)) == ([1, 2], None)
    assert points_inside([1, math.nan], (0, 3))[0] == [1]
    plot = plot_walks([lambda x: x**2, lambda x: x**4], [[2, 1], [1, -2, 70]], [(-3, 3)] * 2, ["a", "b"], "Two")
    assert [[t.get_text() for t in axes.texts] for axes in plot.axes] == [[], ["then x = 70"]]
    assert plot.axes[1].lines[1].get_xdata().tolist() == [1, -2]


def test_pictures_are_reproducible(tmp_path):
    for name in ("a", "b"):
        save_plot(plot_steps(counted("momentum"), "A map"), tmp_path / f"{name}.svg")
        save_plot(plot_walks([torch.sin], [[1, 0.5]], [(-3, 3)]), tmp_path / f"{name}-walk.svg")
    for kind in (".svg", "-walk.svg"):
        assert (tmp_path / f"a{kind}").read_bytes() == (tmp_path / f"b{kind}").read_bytes()
