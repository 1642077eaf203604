# Reads `experiments.yaml`, the declaration of every figure and path, and refuses what is wrong in it.

#' @include declarations.R hyperparameters.R surfaces.R schedules.R
NULL

is_pair <- function(value) is_sequence(value) && two_finite_numbers(unclass(value))
# 3.0 is no whole number in a declaration, only 3 is.
is_steps <- function(value) is.integer(value) && ACCEPTED$steps[[1]](value)

listed <- function(name, ...) field(ACCEPTED[[name]][[1]], ACCEPTED[[name]][[2]], ...)

# The fields in the order in which they are checked.
IDENTIFIER <- field(is_id, "lower-case letters and digits, with '-' or '.' between them", required = TRUE)
SURFACE_FIELD <- field(one_text_of(surface_names()), one_of(surface_names()), null = TRUE)
START_FIELD <- field(is_pair, "two finite numbers", null = TRUE)

PATH_FIELDS <- list(
  id = IDENTIFIER,
  label = field(is_line, A_LINE, null = TRUE),
  optimizer = listed("optimizer", required = TRUE),
  steps = field(is_steps, ACCEPTED$steps[[2]], required = TRUE),
  hyperparameters = field(is_mapping, "a mapping of names to values"),
  surface = SURFACE_FIELD,
  start = START_FIELD,
  dtype = listed("dtype", null = TRUE),
  label_at = START_FIELD,
  schedule = field(function(value) TRUE, A_SCHEDULE, null = TRUE),
  noise = listed("noise"),
  seed = listed("seed"),
  recorded_differs = field(is_mapping, "a mapping with reason, begins and at_most", null = TRUE)
)

FIGURE_FIELDS <- list(
  id = IDENTIFIER,
  title = field(is_line, A_LINE, required = TRUE),
  surface = SURFACE_FIELD,
  start = START_FIELD,
  dtype = listed("dtype"),
  draw = field(is_flag, "true or false"),
  paths = field(is_filled, "a list of one or more paths", required = TRUE)
)

# How large a known difference may be, relative: one that no difference can exceed would say nothing.
is_difference <- function(value) is_number(value) && value > 0 && value < 2

DIFFERENCE_FIELDS <- list(
  reason = field(is_line, A_LINE, required = TRUE),
  begins = field(function(value) is.integer(value) && value >= 1, "a whole number >= 1", required = TRUE),
  at_most = field(
    is_difference, "a number > 0 and < 2, the largest that a relative difference can be",
    required = TRUE
  )
)

FILE_FIELDS <- list(figures = field(is_filled, "a list of one or more figures", required = TRUE))

#' Read a declaration of experiments
#'
#' @param file A YAML file; `shared_figures/experiments.yaml` is the project's own.
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
  data <- read_declaration(file)
  if (!is_mapping(data)) {
    refuse(file, "figures", data, FILE_FIELDS$figures$accepted)
  }
  check_entry(file, data, FILE_FIELDS)
  check_entries(file, data$figures, "figure", ": ", check_figure)
  refuse_unknown(file, data, "figures")
  figures <- lapply(unclass(data$figures), function(figure) complete_figure(file, figure))
  ids <- vapply(figures, `[[`, "", "id")
  refuse_duplicates(file, "figure", ids)
  refuse_names(file, "figure", ids, STUDY_FOLDERS)
  stats::setNames(figures, ids)
}

check_figure <- function(where, figure) {
  check_entry(where, figure, FIGURE_FIELDS)
  check_entries(where, figure$paths, "path", ", ", check_path)
  refuse_unknown(where, figure, names(FIGURE_FIELDS))
}

check_path <- function(where, path) {
  check_entry(where, path, PATH_FIELDS)
  if (!is.null(path$recorded_differs)) {
    check_entry(where, path$recorded_differs, DIFFERENCE_FIELDS)
    refuse_unknown(where, path$recorded_differs, names(DIFFERENCE_FIELDS))
  }
  refuse_unknown(where, path, names(PATH_FIELDS))
}

complete_figure <- function(file, figure) {
  where <- paste0(file, ": figure '", figure$id, "'")
  refuse_duplicates(where, "path", vapply(figure$paths, `[[`, "", "id"))
  figure$dtype <- figure$dtype %||% "float64"
  figure$draw <- figure$draw %||% TRUE
  figure$start <- as_pair(figure$start)
  figure$paths <- lapply(unclass(figure$paths), function(path) complete_path(where, figure, path))
  figure
}

complete_path <- function(where, figure, path) {
  place <- paste0(where, ", path '", path$id, "'")
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
