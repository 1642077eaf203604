"""Every study of a project, in the order in which they are run."""

from __future__ import annotations

from gradpath.lab_declarations import SIZES
from gradpath.study import Study
from gradpath.study_first_epochs import FirstEpochs
from gradpath.study_labs import Labs
from gradpath.study_paths import Paths
from gradpath.study_schedules import Schedules

STUDIES: list[Study] = [Paths(), Schedules(), FirstEpochs(), *(Labs(size) for size in SIZES)]
