"""A course of one's own, as who installs the packages makes one: nothing of this repository is in reach."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import gradpath
from gradpath.book.render import SITE
from gradpath.refusals import GradpathError
from gradpath.surfaces import SURFACES
from gradpath.workshop.code_digests import code_digests, lesson_digests
from gradpath.workshop.course_surfaces import load_surfaces
from gradpath.workshop.running_code import running_code
from tests.conftest import CHROMIUM
from tests.rendered_book import served
from tests.small_project import plant

pytestmark = pytest.mark.xdist_group("course")
RSCRIPT = shutil.which("Rscript")
with_r = pytest.mark.skipif(RSCRIPT is None, reason="Rscript is not installed on this machine")


@dataclass
class Installed:
    """Both packages, installed into a folder of their own: the command, and the library of R."""

    bin: Path
    library: Path

    def run(self, folder: Path, *arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
        ours = {"PYTHONPATH", "R_LIBS", "VIRTUAL_ENV", "PYTHONHOME"}
        environment = {name: value for name, value in os.environ.items() if name not in ours}
        environment |= {"PATH": f"{self.bin}{os.pathsep}{path or os.environ['PATH']}", "COLUMNS": "200"}
        command = [shutil.which(arguments[0], path=environment["PATH"]) or arguments[0], *arguments[1:]]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

    def done(self, folder: Path, *arguments: str, path: str | None = None) -> str:
        said = self.run(folder, *arguments, path=path)
        assert said.returncode == 0, said.stderr + said.stdout
        return said.stdout


@pytest.fixture(scope="module")
def installed(project, tmp_path_factory) -> Installed:
    """Build wheel and tarball from copies of the sources, and install them without downloading anything."""
    folder = tmp_path_factory.mktemp("installed")
    sources = folder / "sources"
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "tests", "lessons", "man")
    shutil.copytree(project / "python" / "gradpath", sources / "python" / "gradpath", ignore=ignored)
    for part in ("R", "inst"):
        shutil.copytree(project / "r" / part, sources / "r" / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in [f for f in (project / "r").iterdir() if f.is_file()]:
        shutil.copy(file, sources / "r")
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE"):
        shutil.copy(project / name, sources)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    must(*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(folder), str(sources))
    must(sys.executable, "-m", "venv", "--without-pip", str(folder / "env"))
    # torch and the rest are those of this environment; gradpath itself is installed in front of them.
    scheme = {"base": str(folder / "env"), "platbase": str(folder / "env")}
    packages = Path(sysconfig.get_path("purelib", "venv", scheme))
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    [wheel] = folder.glob("*.whl")
    pip += ["--python", str(folder / "env" / "bin" / "python")]
    must(*pip, "install", "--no-deps", "--no-index", "--no-compile", "--ignore-installed", str(wheel))
    library = folder / "library"
    if RSCRIPT:
        library.mkdir()
        must("R", "CMD", "build", "--no-build-vignettes", str(sources / "r"), cwd=folder)
        [tarball] = folder.glob("*.tar.gz")
        must("R", "CMD", "INSTALL", "--no-docs", "--no-test-load", f"--library={library}", str(tarball))
    shutil.rmtree(sources)
    return Installed(folder / "env" / "bin", library)


def must(*command: str, cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def course(tmp_path) -> Path:
    return Path(gradpath.new_course(tmp_path / "my-course"))


@with_r
def test_a_course_is_changed_built_checked_and_read(installed, tmp_path, request):
    assert "my-course" in installed.done(tmp_path, "gradpath", "new", "my-course")
    course = tmp_path / "my-course"
    where = "import gradpath, sys; sys.stdout.write(gradpath.__file__)"
    assert installed.done(course, "python", "-c", where).startswith(str(installed.bin.parent))

    # A figure of the teacher's own wish, and a steeper valley.
    experiments = course / "shared_figures" / "experiments.yaml"
    plant(experiments, "title: A slanting valley", "title: My steeper valley")
    plant(experiments, "{id: sgd, label: sgd, optimizer: sgd, steps: 25,", "{id: adam, optimizer: adam, steps: 30,")
    plant(course / "python" / "surfaces" / "valley.py", "x1**2 * 0.1 +", "x1**2 * 0.3 +")
    plant(course / "r" / "surfaces" / "valley.R", "x1^2 * 0.1 +", "x1^2 * 0.3 +")
    said = installed.done(course, "gradpath", "build")
    assert "4 tables computed" in said
    assert "0 differ\n" in said
    assert "2 lessons executed" in said
    checked = installed.done(course, "gradpath", "check")
    assert re.search(
        r"(\d+) comparisons: \1 agree, 0 differ as known, 0 stale, 0 stale recordings, 0 differ", checked
    )
    # It is the changed valley that was computed: 16 * 0.3 + 25.
    table = (course / "shared_figures" / "valley" / "python.csv").read_text()
    assert re.search(r"^adam,manual,0,-4,3,29\.8", table, flags=re.MULTILINE), table[:900]
    assert "tables: nothing changed" in installed.done(course, "gradpath", "run")

    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: the page is not opened")
    browser = request.getfixturevalue("browser")
    with served(course / "_book") as address:
        page = browser.new_page()
        page.goto(f"{address}/sec-descent.html")
        figure = page.locator("#fig-valley-python img.light-only, #fig-valley-python .light-only img").first
        figure.scroll_into_view_if_needed()
        figure.evaluate("image => image.decode()")
        assert figure.evaluate("image => image.naturalWidth") > 100
        svg = page.request.get(figure.evaluate("image => image.currentSrc")).text()
        assert "steeper" in (course / "shared_figures" / "experiments.yaml").read_text()
        assert svg == (course / "shared_figures" / "valley" / "python-light.svg").read_text()
        line = page.locator(".check-line").nth(1)
        assert line.is_visible()
        assert line.inner_text().startswith("Checked: 8 comparisons, ")
        page.close()


@with_r
def test_r_alone_begins_the_same_course_and_refuses_the_same(installed, course, tmp_path):
    code = (
        ".libPaths(c(commandArgs(TRUE)[1], .libPaths())); setwd(commandArgs(TRUE)[2]);"
        "invisible(suppressPackageStartupMessages(loadNamespace('gradpath'))); gradpath::new_course('from-r');"
        "for (bad in list('from-r', 'aux', '..', 'nowhere/x', 'a b', 3)) tryCatch(gradpath::new_course(bad),"
        " error = function(e) cat(conditionMessage(e), '\\n', sep = ''))"
    )
    (tmp_path / "r").mkdir()
    said = installed.done(tmp_path, "Rscript", "-e", code, str(installed.library), str(tmp_path / "r"))
    assert sorted(f.name for f in (tmp_path / "r").iterdir()) == ["from-r"]
    ours, theirs = ({f.relative_to(c): f.read_bytes() for f in files(c)} for c in (course, tmp_path / "r" / "from-r"))
    assert {name: text.replace(b"my-course", b"from-r") for name, text in ours.items()} == theirs
    bad = [course, "aux", "..", "nowhere/x", "a b", 3]
    for line, folder in zip(said.splitlines(), bad, strict=True):
        with pytest.raises(GradpathError) as refused:
            gradpath.new_course(folder)
        assert line == str(refused.value).replace(str(course), "from-r")


def test_without_r_a_course_is_built_and_says_what_is_missing(installed, tmp_path):
    installed.done(tmp_path, "gradpath", "new", "alone")
    course = tmp_path / "alone"
    done = installed.run(course, "gradpath", "build", path="/nonexistent")
    assert done.returncode == 0, done.stderr
    assert "2 tables computed" in done.stdout
    assert "r_package/packages-debian.txt" in done.stderr
    page = (course / "_book" / "sec-descent.html").read_text()
    assert "Not executed: R is not installed where this page was made." in page
    assert "Not drawn in R, which is not installed where this page was made." in page
    assert 'class="check-line"' in page
    assert "r-light.svg" not in page


# ---- what a new course is ----


def files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts]


def test_a_new_course_names_itself_and_leaves_no_word_of_the_template(course):
    text = "".join(file.read_text() for file in files(course))
    assert not re.search("COURSE-NAME|GRADPATH-VERSION", text)
    assert 'title: "my-course"' in (course / "_quarto.yml").read_text()
    assert f"gradpath=={gradpath.__version__}" in (course / "requirements.txt").read_text()
    assert {"README.md", ".gitignore", ".github"} <= {f.name for f in course.iterdir()}
    assert [f.name for f in course.parent.iterdir()] == ["my-course"]


def test_its_pages_are_styled_as_the_book(project):
    styles = Path("book", "styles.css")
    assert (project / styles).read_bytes() == (project / "r" / "inst" / "course" / styles).read_bytes()


def test_its_pages_show_both_languages_and_slides_as_the_book(project, course):
    ours, its = (YAML(typ="safe").load((folder / "_quarto.yml").read_text()) for folder in (project, course))
    assert its["format"]["html"] == ours["format"]["html"]
    assert "book/reading/*.*" in its["project"]["resources"]
    asked = set(re.findall(r"/book/reading/([\w.]+)", its["format"]["html"]["include-in-header"][0]["text"]))
    assert asked == {file.name for file in (SITE / "reading").iterdir()}
    assert "/book/reading/" in (course / ".gitignore").read_text()


def test_its_workflow_installs_what_r_needs_and_builds(project, course):
    workflow = YAML(typ="safe").load((course / ".github" / "workflows" / "publish.yml").read_text())
    steps = " ".join(step.get("run", "") for step in workflow["jobs"]["build"]["steps"])
    imports = (project / "r" / "DESCRIPTION").read_text().partition("Imports:\n")[2].partition("Suggests:")[0]
    needed = {name.strip() for name in imports.split(",")} - {"grid"} | {"irkernel"}
    assert set(re.findall(r"r-cran-(\w+)", steps)) == needed
    assert "-r requirements.txt" in steps
    assert "gradpath build" in steps
    assert [step["uses"] for step in workflow["jobs"]["publish"]["steps"]] == ["actions/deploy-pages@v4"]


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a b", "-a", "a/", "con", "LPT1.txt", "x" * 101, "kurs\n", "a:b", "été"]
)
def test_a_name_that_cannot_be_a_folders_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    if name == "a/":
        # The same folder as `a`.
        assert gradpath.new_course(name) == "a/"
        return
    with pytest.raises(GradpathError, match=r"^new_course\(\): folder: .* is not accepted; use the name of a new"):
        gradpath.new_course(name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_empty_is_refused_and_stays(tmp_path):
    taken, empty, link, file = (tmp_path / name for name in ("taken", "empty", "link", "file"))
    taken.mkdir()
    (taken / "mine.txt").write_text("mine")
    empty.mkdir()
    link.symlink_to(empty)
    file.write_text("mine")
    for folder in (taken, link, file):
        with pytest.raises(GradpathError, match=r"use a folder that is new or empty$"):
            gradpath.new_course(folder)
    assert gradpath.new_course(empty) == str(empty)
    assert (empty / "_quarto.yml").is_file()
    assert sorted(f.name for f in tmp_path.iterdir()) == ["empty", "file", "link", "taken"]
    assert [f.name for f in taken.iterdir()] == ["mine.txt"]


def test_what_fails_on_the_way_leaves_nothing(tmp_path, monkeypatch):
    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(
        GradpathError, match="my-course: cannot be written: No space left on device; check the folder"
    ):
        gradpath.new_course(tmp_path / "my-course")
    assert list(tmp_path.iterdir()) == []


# ---- surfaces of a course's own ----


@pytest.fixture
def surfaces(monkeypatch):
    """Leave the package's surfaces as they are."""
    before = dict(SURFACES)
    yield
    SURFACES.clear()
    SURFACES.update(before)


def test_a_surface_is_known_by_its_name_and_read_again_when_it_changes(course, surfaces):
    assert load_surfaces(course) == ["valley"]
    point = gradpath.descend("valley", (-4, 3), "sgd", 0)
    assert point["value"].iloc[0] == pytest.approx(26.6)
    file = course / "python" / "surfaces" / "valley.py"
    plant(file, "x1**2 * 0.1 +", "x1**2 * 0.35 +")
    gradpath.read_experiments(course / "shared_figures" / "experiments.yaml")
    assert gradpath.descend("valley", (-4, 3), "sgd", 0)["value"].iloc[0] == pytest.approx(30.6)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("hill", "x = 1\n", "python/surfaces/hill.py: SURFACE: is missing; define SURFACE = surface(...) in it"),
        ("hill", "1 / 0\n", "python/surfaces/hill.py: the file failed: ZeroDivisionError: division by zero"),
        ("hill", "def\n", "python/surfaces/hill.py: the file failed: SyntaxError: invalid syntax"),
        ("hill", "dale", "python/surfaces/hill.py: SURFACE's name: 'dale' is not accepted; use that of its file"),
        ("saddle", None, "python/surfaces/saddle.py: name: 'saddle' is not accepted; use lower-case letters"),
        ("Hill", None, "python/surfaces/Hill.py: name: 'Hill' is not accepted; use lower-case letters"),
    ],
)
def test_a_file_that_is_no_surface_is_refused_in_one_line(course, surfaces, name, text, line):
    valley = course / "python" / "surfaces" / "valley.py"
    if text in (None, "dale"):
        # The surface of the course, by its own name or another.
        text = valley.read_text().replace("valley", text or "valley")
    (valley.parent / f"{name}.py").write_text(text)
    with pytest.raises(GradpathError) as refused:
        gradpath.read_experiments(course / "shared_figures" / "experiments.yaml")
    assert str(refused.value).startswith(line)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("language", "join", "ending"), [("python", ".", "py"), ("r", "-", "R")])
def test_the_code_of_a_courses_surface_counts_for_what_uses_it_and_for_nothing_else(course, language, join, ending):
    run = "workshop.runs.run_path" if language == "python" else "run_path"
    lesson = (course / language / "lessons" / f"01-descent.{ending}").read_text()

    def digests():
        code = running_code(course)
        return (
            code_digests(code, language, [run, "surfaces.valley"], "torch"),
            lesson_digests(code, language, lesson),
            code_digests(code, language, [run, "surfaces.saddle"], "torch"),
        )

    table, page, other = digests()
    file = course / language / "surfaces" / f"valley.{ending}"
    file.write_text("# A comment.\n" + file.read_text())
    assert digests() == (table, page, other)
    plant(file, "* 0.5", "* 0.25")
    # Names that the package has as well are this file's own.
    file.write_text(file.read_text() + ("\n\ndescend = 1\n" if language == "python" else "\ndescend <- 1\n"))
    changed_table, changed_page, same = digests()
    assert same == other
    for now, then in ((changed_table, table), (changed_page, page)):
        assert {name for name in now | then if now.get(name) != then.get(name)} == {f"surfaces{join}valley"}
