"""Every study of a project, in the order in which they are run."""

from __future__ import annotations

from gradpath.workshop.lab_declarations import SIZES
from gradpath.workshop.study import Study
from gradpath.workshop.study_first_epochs import FirstEpochs
from gradpath.workshop.study_labs import Labs
from gradpath.workshop.study_paths import Paths
from gradpath.workshop.study_schedules import Schedules

STUDIES: list[Study] = [Paths(), Schedules(), FirstEpochs(), *(Labs(size) for size in SIZES)]
