"""Finds the recorded tables that lessons read, wherever a lesson is run."""

from __future__ import annotations

from pathlib import Path

from gradpath.refusals import refusal

# Where the package was installed from, if it is used from there.
_PROJECT = Path(__file__).resolve().parents[3]


def find_table(name: str) -> str:
    """Return the path of a recorded table.

    It is looked for in the folder ``shared_figures`` of the working directory and of the project that the package
    is used from, and then, by its last name, in the working directory itself.

    Parameters
    ----------
    name : str
        The table's name below ``shared_figures``, such as ``"recorded_torch/torch_network.csv"``.

    Raises
    ------
    GradpathError
        If it is in none of these places. The line says where to get it.

    Examples
    --------
    >>> from gradpath import find_table
    >>> find_table("recorded_torch/torch_network.csv")  # doctest: +ELLIPSIS
    '...torch_network.csv'
    """
    if not isinstance(name, str):
        raise refusal("find_table()", "name", name, "the name of a table below shared_figures, as a text")
    places = [Path("shared_figures") / name, _PROJECT / "shared_figures" / name, Path(Path(name).name)]
    for place in places:
        if place.is_file():
            return str(place)
    raise refusal(
        "find_table()",
        "name",
        name,
        f"a table that is here: copy shared_figures/{name} of the project into this folder, or run in the project's",
    )
