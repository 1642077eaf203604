"""Tables and pictures: regenerated ones equal the committed ones; pictures are reproducible and complete."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from gradpath import descend, draw_experiments, get_surface, plot_paths, read_experiments, run_experiments, save_plot
from gradpath.pictures.colours import THEMES
from gradpath.pictures.contours import arrow_segments, contour_grid, contour_levels, label_anchor
from gradpath.tables import read_table, select_path
from gradpath.workshop.comparison import BOUNDS
from gradpath.workshop.comparison import compare_paths as compare
from gradpath.workshop.r_process import R
from gradpath.workshop.study import themed


def declared(project):
    return read_experiments(project / "shared_figures" / "experiments.yaml")


def assert_same_tables(project, fresh, name):
    for figure in declared(project).values():
        committed = project / "shared_figures" / figure.id / name
        old, new = read_table(committed), read_table(fresh / figure.id / name)
        for path in figure.paths:
            for method in ("manual", "optim"):
                pair = (select_path(t, path.id, method) for t in (old, new))
                assert compare(*pair, BOUNDS[path.dtype])["verdict"] == "agrees", (name, figure.id, path.id, method)


def test_python_tables_regenerate(project, tmp_path):
    run_experiments(project / "shared_figures" / "experiments.yaml", tmp_path)
    assert_same_tables(project, tmp_path, "python.csv")


def test_r_tables_regenerate(project, r: R, tmp_path):
    file = str(project / "shared_figures" / "experiments.yaml")
    r.run("a <- commandArgs(trailingOnly = TRUE); gradpath::run_experiments(a[1], a[2])", file, str(tmp_path))
    names = {table.name for table in tmp_path.glob("*/r-*.csv")}
    assert len(names) == 1
    assert_same_tables(project, tmp_path, names.pop())


def test_every_table_says_what_made_it(project):
    for figure in declared(project):
        tables = sorted((project / "shared_figures" / figure).glob("*.csv"))
        assert {"python.csv", "r-torch.csv"} <= {t.name for t in tables}
        for table in tables:
            record = read_table(table).attrs
            assert {"language", "engine", "device", "seed", "declaration", "sources"} <= set(record)
            engine = table.stem.partition("-")[2] or "torch"
            assert record["engine"].startswith(engine + " ")


def assert_is_a_picture(file):
    """Look at what is drawn: a file that is torn, empty, blank or of the wrong theme is no picture."""
    dark = "-dark." in file.name
    if file.suffix == ".svg":
        root = ElementTree.parse(file).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg", file
        drawn = [e for e in root.iter() if e.tag.rpartition("}")[2] in ("path", "polyline", "polygon", "line", "use")]
        assert len(drawn) > 20, file
        return
    with Image.open(file) as picture:
        pixels = np.asarray(picture.convert("L"), dtype=int)
    assert min(pixels.shape) > 300, file
    assert pixels.std() > 5, file
    corner = pixels[:3, :3].mean()
    assert corner < 80 if dark else corner > 200, file


def test_every_figure_has_every_picture(project):
    for figure in declared(project).values():
        if figure.draw:
            folder = project / "shared_figures" / figure.id
            for name in [name for kind in ("python", "r", "overlay") for name in themed(kind)]:
                assert_is_a_picture(folder / name)


def test_the_same_input_gives_the_same_bytes(project, tmp_path):
    file = project / "shared_figures" / "experiments.yaml"
    once, again = tmp_path / "once", tmp_path / "again"
    for folder in (once, again):
        run_experiments(file, folder, ["momentum"])
        draw_experiments(file, folder, ["momentum"])
    pictures = sorted(once.glob("momentum/python-*"))
    assert len(pictures) == 4
    assert all(p.read_bytes() == (again / "momentum" / p.name).read_bytes() for p in pictures)


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_paths_can_be_told_apart_without_colour(theme):
    paths = [descend("beale", (1, 1.5), o, 20, lr=1e-3) for o in ("sgd", "momentum", "adagrad", "adam")]
    axes = plot_paths(paths, theme=theme).axes[0]
    steps = [line for line in axes.lines if len(line.get_xdata()) == 21]
    markers = [line.get_marker() for line in steps if line.get_linestyle() == "None"]
    lines = [line for line in steps if line.get_linestyle() != "None"]
    assert len(set(markers)) == 4
    assert len({str(line._unscaled_dash_pattern) for line in lines}) == 4
    assert len({line.get_color() for line in lines}) == 4
    assert len(set(THEMES[theme]["paths"])) == 4


def contrast(a: str, b: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_paths_stand_out_from_the_paper_and_from_the_contours(theme):
    colours = THEMES[theme]
    for path in colours["paths"]:
        # Labels are drawn with a halo of paper: WCAG's 4.5 for text. Lines lie on the bands: 3 for graphics.
        assert contrast(path, colours["paper"]) >= 4.5
        assert contrast(path, colours["high"]) >= 3
        assert contrast(path, colours["low"]) >= 2.5


def test_labels_stand_on_the_picture_and_there_is_no_legend():
    path = descend("beale", (1, 1.5), "adam", 20, lr=0.1)
    axes = plot_paths([path], labels=["my label"]).axes[0]
    assert "my label" in [t.get_text() for t in axes.texts]
    assert axes.get_legend() is None


def test_levels_cover_the_surface_and_rise():
    for name in ("rosenbrock", "anisotropic_paraboloid", "rastrigin"):
        surface = get_surface(name)
        _, _, values = contour_grid(surface, surface.window)
        levels = contour_levels(values)
        assert levels[0] == values.min()
        assert levels[-1] == values.max()
        assert (levels[1:] > levels[:-1]).all()


def test_arrows_only_on_long_segments_inside_the_window():
    path = descend("anisotropic_paraboloid", (5.1, 2.3), "sgd", 40, lr=0.4)
    arrows = arrow_segments(path, get_surface("anisotropic_paraboloid").window)
    assert arrows.tolist()[:2] == [0, 1]
    assert 39 not in arrows


def test_a_label_stands_where_its_path_is_alone():
    a = descend("isotropic_paraboloid", (6, 6), "sgd", 3, lr=1.0)
    b = descend("isotropic_paraboloid", (6, 6), "sgd", 1, lr=2.5)
    x1, x2 = label_anchor(a, [b], (-8, 8, -8, 8))
    assert (x1, x2) == (pytest.approx(3.6), pytest.approx(3.6))


def test_nothing_half_written_is_left_when_saving_fails(tmp_path):
    plot = plot_paths([descend("beale", (1, 1.5), "adam", 2)])
    with pytest.raises(ValueError, match="Format 'xyz' is not supported"):
        save_plot(plot, tmp_path / "picture.xyz")
    assert list(tmp_path.iterdir()) == []
