# Reads `experiments.yaml`, the declaration of every figure and path, and refuses what is wrong in it.

#' @include declarations.R hyperparameters.R surfaces.R schedules-schedules.R workshop-course_surfaces.R
NULL

is_pair <- function(value) is_sequence(value) && two_finite_numbers(unclass(value))
# 3.0 is no whole number in a declaration, only 3 is.
is_steps <- function(value) is.integer(value) && ACCEPTED$steps[[1]](value)

# Why numbers are known to differ, from which step or epoch on, and how far at most (relative): a bound that no
# difference can exceed would say nothing.
DIFFERENCE_FIELDS <- list(
  reason = needed(LINE),
  begins = needed(list(function(value) is.integer(value) && value >= 1, "a whole number >= 1")),
  at_most = needed(list(
    function(value) is_number(value) && value > 0 && value < 2,
    "a number > 0 and < 2, the largest that a relative difference can be"
  ))
)
DIFFERENCE <- mapping("a mapping with reason, begins and at_most")

# The fields in the order in which they are checked.
SURFACE_FIELD <- optional(among(surface_names), null = TRUE)
START_FIELD <- optional(list(is_pair, "two finite numbers"), null = TRUE)

PATH_FIELDS <- list(
  id = needed(IDENTIFIER),
  label = optional(LINE, null = TRUE),
  optimizer = needed(ACCEPTED$optimizer),
  steps = needed(list(is_steps, ACCEPTED$steps[[2]])),
  hyperparameters = optional(mapping("a mapping of names to values")),
  surface = SURFACE_FIELD,
  start = START_FIELD,
  dtype = optional(ACCEPTED$dtype, null = TRUE),
  label_at = START_FIELD,
  schedule = field(function(value) TRUE, A_SCHEDULE, null = TRUE),
  noise = optional(ACCEPTED$noise),
  seed = optional(ACCEPTED$seed),
  recorded_differs = optional(DIFFERENCE, null = TRUE)
)

FIGURE_FIELDS <- c(list(id = needed(IDENTIFIER), title = needed(LINE)), PICTURE, list(
  overlay_alt = optional(LINE),
  surface = SURFACE_FIELD,
  start = START_FIELD,
  dtype = optional(ACCEPTED$dtype),
  draw = optional(FLAG),
  paths = needed(list_of("paths"))
))

#' Read a declaration of experiments
#'
#' @param file A YAML file; `shared_figures/experiments.yaml` is the project's own, and may name the project's own
#'   surfaces, see [load_surfaces()].
#' @return A list of figures by id, in the order of the file. Each is a list of id, title, surface, start,
#'   dtype, draw and paths; each path is a list of id, label, optimizer, steps, hyperparameters, surface,
#'   start, dtype, label_at, schedule, noise, seed and recorded_differs, with what it inherits from its figure
#'   filled in. The first thing that is wrong stops with one line: file, figure, path, field, value, what is
#'   accepted.
#' @export
#' @examples
#' file <- system.file("extdata", "example.yaml", package = "gradpath")
#' names(read_experiments(file))
read_experiments <- function(file) {
  read_course_surfaces(file)
  read_entries(file, "figures", "figure", read_figure, STUDY_FOLDERS)
}

read_figure <- function(where, figure) {
  check_entry(where, figure, FIGURE_FIELDS)
  complete_entries(where, figure$paths, "path", ", ", check_path)
  figure$dtype <- figure$dtype %||% "float64"
  figure$draw <- figure$draw %||% TRUE
  figure$start <- as_pair(figure$start)
  figure$paths <- unname(complete_entries(where, figure$paths, "path", ", ", function(place, path) {
    complete_path(place, figure, path)
  }))
  figure
}

check_path <- function(where, path) {
  check_entry(where, path, PATH_FIELDS)
  if (!is.null(path$recorded_differs)) check_entry(where, path$recorded_differs, DIFFERENCE_FIELDS)
  path
}

complete_path <- function(place, figure, path) {
  path$hyperparameters <- path$hyperparameters %||% stats::setNames(list(), character())
  check_hyperparameters(place, path$optimizer, path$hyperparameters)
  path$surface <- path$surface %||% figure$surface
  path$start <- as_pair(path$start) %||% figure$start
  path$dtype <- path$dtype %||% figure$dtype
  path$label <- path$label %||% path$id
  path$label_at <- as_pair(path$label_at)
  path$schedule <- check_path_schedule(
    place, path$schedule, path$steps, schedule_parameters(),
    declared = TRUE
  )
  path$noise <- path$noise %||% 0
  path$seed <- path$seed %||% 0
  for (name in c("surface", "start")) {
    if (is.null(path[[name]])) refuse(place, name, NULL, PATH_FIELDS[[name]]$accepted)
  }
  path
}

as_pair <- function(value) if (!is.null(value)) as.numeric(unlist(value))
