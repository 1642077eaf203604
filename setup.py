"""Puts the source of the R package into the wheel, so that the installed command line can install it for a course.

It is committed once, in ``r``; an editable installation finds it there.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

# What R CMD INSTALL needs, and the list that the command line names where R is missing.
R_SOURCE = ("DESCRIPTION", "NAMESPACE", "LICENSE", "NEWS.md", "packages-debian.txt", "R", "inst")


class BuildWithR(build_py):
    """Builds the Python package, then copies R's source beside its modules."""

    def run(self) -> None:
        """Build; an editable installation copies nothing."""
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "gradpath" / "r_package"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for name in R_SOURCE:
            source = Path("r") / name
            if source.is_dir():
                shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)


setup(cmdclass={"build_py": BuildWithR})
