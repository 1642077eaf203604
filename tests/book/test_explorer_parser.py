"""A function of one's own in the explorer: what its parser refuses, and that its gradient is autograd's."""

from __future__ import annotations

import math
import re

import pytest
import torch

from tests.conftest import CHROMIUM

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def page(browser, project):
    """Load the parser alone."""
    opened = browser.new_page()
    opened.set_content("<!doctype html><title>parser</title>")
    opened.add_script_tag(path=project / "book" / "explorer" / "parser.js")
    yield opened
    opened.close()


# Each text, and the same function for PyTorch.
FUNCTIONS = [
    ("x^2 + 3*y^2", lambda x, y: x**2 + 3 * y**2),
    ("(x-1)**2 + 100*(y - x^2)^2", lambda x, y: (x - 1) ** 2 + 100 * (y - x**2) ** 2),
    ("-x^2", lambda x, y: -(x**2)),
    ("2^-x * y", lambda x, y: 2**-x * y),
    ("x^y^0.5", lambda x, y: x ** (y**0.5)),
    ("6/x/y - 1e-2*x1 + .5*x2", lambda x, y: 6 / x / y - 1e-2 * x + 0.5 * y),
    ("sin(2*pi*x)*COS(y) + tan(x/9)", lambda x, y: torch.sin(2 * math.pi * x) * torch.cos(y) + torch.tan(x / 9)),
    ("exp(-x*y) + log(x + y) + sqrt(x*y)", lambda x, y: torch.exp(-x * y) + torch.log(x + y) + torch.sqrt(x * y)),
    ("tanh(x - y) + abs(y - x) + relu(x - 1)", lambda x, y: torch.tanh(x - y) + (y - x).abs() + torch.relu(x - 1)),
    ("max(x*x, y) + min(x, e*y)", lambda x, y: torch.maximum(x * x, y) + torch.minimum(x, math.e * y)),
    ("x - 2 - 3 - -y", lambda x, y: x - 2 - 3 + y),
    ("max(x, x) + y^0", lambda x, y: torch.maximum(x, x) + y**0),
]


@pytest.mark.parametrize(("text", "function"), FUNCTIONS, ids=[text for text, _ in FUNCTIONS])
def test_value_and_gradient_are_autograds(page, text, function):
    for point in ([1.3, 0.7], [0.4, 2.1], [2.0, 2.0]):
        p = torch.tensor(point, dtype=torch.float64, requires_grad=True)
        value = function(p[0], p[1])
        value.backward()
        theirs = page.evaluate(
            "([t, p]) => { const f = gradpath.parse(t); return f.error ?? [f.value(p), ...f.gradient(p)]; }",
            [text, point],
        )
        assert theirs == pytest.approx([value.item(), *p.grad.tolist()], rel=1e-12, abs=1e-14), point


BAD = {
    "": "it is empty; write for example x^2 + 3*y^2",
    "   ": "it is empty; write for example x^2 + 3*y^2",
    "x +": "something is missing at the end",
    "(x": "')' is missing at the end",
    "x)": "')' is one too many",
    "2x": "'x' is one too many",
    "x ? y : 1": "'?' at place 2 is not understood",
    "x; alert(1)": "';' at place 2 is not understood",
    "x = 3": "'=' at place 2 is not understood",
    "x.constructor": "'.' at place 2 is not understood",
    "x['y']": "'[' at place 2 is not understood",
    "`x`": "'`' at place 1 is not understood",
    "sin": "'(' is missing at the end",
    "sin x": "'(' is missing before 'x'",
    "max(x)": "',' is missing before ')'",
    "* x": "'*' stands where a number or a name should",
    "x + " * 74 + "x" * 10: "it is longer than 300 characters",
    "(" * 41 + "x" + ")" * 41: "it is nested more than 40 deep",
    "-" * 41 + "x": "it is nested more than 40 deep",
    "x" + "^x" * 41: "it is nested more than 40 deep",
}
NAMES = ["constructor", "__proto__", "prototype", "toString", "hasOwnProperty", "eval", "window", "alert", "z"]


@pytest.mark.parametrize("text", list(BAD), ids=lambda text: repr(text)[:30])
def test_what_is_no_function_is_refused_in_one_line(page, text):
    assert page.evaluate("t => gradpath.parse(t).error", text) == BAD[text]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_not_listed_means_nothing(page, name):
    for text in (name, f"{name}(x)", f"x + {name}"):
        error = page.evaluate("t => gradpath.parse(t).error", text)
        assert error.startswith(f"'{name.lower()}' is not known; use x, y, x1, x2, pi, e, sin"), text
        assert "\n" not in error


def test_what_is_no_text_is_refused(page):
    for given in (None, 3, {}, []):
        assert page.evaluate("t => gradpath.parse(t).error", given)
    assert len(page.evaluate("gradpath.parse('x'.repeat(1e6)).error")) < 100


def test_no_script_of_the_explorer_runs_a_text_as_a_program(project):
    ours = list((project / "book" / "explorer").glob("*.js"))
    assert len(ours) > 25
    # d3 can set a page's text as HTML; nothing of ours does.
    for scripts, forbidden in (
        (ours, r"\b(eval|Function|write|execScript)\(|\.innerHTML\b"),
        ((project / "book" / "explorer" / "vendor").glob("*.js"), r"\b(eval|Function|execScript)\("),
    ):
        for script in scripts:
            assert not re.search(forbidden, script.read_text(encoding="utf-8")), script.name
