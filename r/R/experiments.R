# Reads `experiments.yaml`, the declaration of every figure and path, and refuses what is wrong in it.

#' @include hyperparameters.R surfaces.R schedules.R
NULL

is_text <- function(value) is.character(value) && length(value) == 1
is_flag <- function(value) isTRUE(value) || isFALSE(value)
is_sequence <- function(value) inherits(value, "yaml_sequence")
is_mapping <- function(value) is.list(value) && !is_sequence(value) && !is.null(names(value))
is_id <- function(value) is_text(value) && grepl("^[a-z0-9]+([-.][a-z0-9]+)*$", value)
is_pair <- function(value) is_sequence(value) && two_finite_numbers(unclass(value))
# 3.0 is no whole number in a declaration, only 3 is.
is_steps <- function(value) is.integer(value) && ACCEPTED$steps[[1]](value)

# One field of an entry: what it takes, as a refusal says it; whether it must be there, whether it may be
# null.
field <- function(accepts, accepted, required = FALSE, null = FALSE) {
  list(accepts = accepts, accepted = accepted, required = required, null = null)
}

listed <- function(name, ...) field(ACCEPTED[[name]][[1]], ACCEPTED[[name]][[2]], ...)

# The fields in the order in which they are checked.
IDENTIFIER <- field(is_id, "lower-case letters and digits, with '-' or '.' between them", required = TRUE)
SURFACE_FIELD <- field(one_text_of(surface_names()), one_of(surface_names()), null = TRUE)
START_FIELD <- field(is_pair, "two finite numbers", null = TRUE)

PATH_FIELDS <- list(
  id = IDENTIFIER,
  label = field(is_text, "a text", null = TRUE),
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
  title = field(is_text, "a text", required = TRUE),
  surface = SURFACE_FIELD,
  start = START_FIELD,
  dtype = listed("dtype"),
  draw = field(is_flag, "true or false"),
  paths = field(is_sequence, "a list of paths", required = TRUE)
)

# How large a known difference may be, relative: one that no difference can exceed would say nothing.
is_difference <- function(value) is_number(value) && value > 0 && value < 2

DIFFERENCE_FIELDS <- list(
  reason = field(is_text, "a text", required = TRUE),
  begins = field(function(value) is.integer(value) && value >= 1, "a whole number >= 1", required = TRUE),
  at_most = field(
    is_difference, "a number > 0 and < 2, the largest that a relative difference can be",
    required = TRUE
  )
)

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
    refuse(file, "figures", data, "a list of figures")
  }
  check_entry(file, data, list(figures = field(is_sequence, "a list of figures", required = TRUE)))
  check_entries(file, data$figures, "figure", ": ", check_figure)
  refuse_unknown(file, data, "figures")
  figures <- lapply(unclass(data$figures), function(figure) complete_figure(file, figure))
  ids <- vapply(figures, `[[`, "", "id")
  refuse_duplicates(file, "figure", ids)
  stats::setNames(figures, ids)
}

read_declaration <- function(file) {
  if (!file.exists(file) || dir.exists(file)) {
    gradpath_stop(paste0(file, ": no such file; name a file of experiments"))
  }
  text <- paste(readLines(file, warn = FALSE, encoding = "UTF-8"), collapse = "\n")
  unreadable <- function(problem) {
    gradpath_stop(paste0(file, ": not readable as YAML; check its indentation, brackets and keys"))
  }
  if (!validUTF8(text)) {
    unreadable()
  }
  tryCatch(yaml::yaml.load(text, handlers = yaml_handlers(text), eval.expr = FALSE), error = unreadable)
}

# YAML 1.2 as the other language reads it: only true and false are flags; lists stay lists, and known as such.
yaml_flag <- function(text) switch(tolower(text), true = TRUE, false = FALSE, text)
yaml_whole <- function(text) {
  number <- as.numeric(text)
  if (abs(number) <= .Machine$integer.max) as.integer(number) else number
}
EXPONENT <- "[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)[eE][-+]?[0-9]+"

yaml_handlers <- function(text) {
  # R's YAML takes 1e-6 for a text, since it has no dot. Only where it is quoted it is one.
  quoted <- unlist(regmatches(text, gregexpr(paste0("[\"']", EXPONENT, "[\"']"), text)))
  list(
    seq = function(values) structure(values, class = "yaml_sequence"),
    str = function(said) {
      number <- grepl(paste0("^", EXPONENT, "$"), said) && !said %in% gsub("[\"']", "", quoted)
      if (number) as.numeric(said) else said
    },
    `bool#yes` = yaml_flag, `bool#no` = yaml_flag, int = yaml_whole,
    `int#base60` = identity, `float#base60` = identity
  )
}

check_entries <- function(where, entries, kind, separator, check) {
  for (i in seq_along(entries)) {
    entry <- entries[[i]]
    number <- paste(kind, "number", i)
    if (!is_mapping(entry)) {
      refuse(where, number, entry, "a mapping")
    }
    name <- if (is_text(entry$id)) paste0(kind, " '", entry$id, "'") else number
    check(paste0(where, separator, name), entry)
  }
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
  }
  refuse_unknown(where, path, names(PATH_FIELDS))
}

takes <- function(rule, value) (is.null(value) && rule$null) || rule$accepts(value)

check_entry <- function(where, entry, fields) {
  for (name in names(fields)) {
    rule <- fields[[name]]
    if (!name %in% names(entry)) {
      if (rule$required) gradpath_stop(paste0(where, ": ", name, ": is missing; use ", rule$accepted))
    } else if (!takes(rule, entry[[name]])) {
      refuse(where, name, entry[[name]], rule$accepted)
    }
  }
}

refuse_unknown <- function(where, entry, known) {
  for (name in setdiff(names(entry), known)) {
    refuse(where, name, entry[[name]], paste("only the fields", paste(known, collapse = ", ")))
  }
}

refuse_duplicates <- function(where, kind, ids) {
  if (anyDuplicated(ids)) {
    refuse(where, paste(kind, "id"), ids[[anyDuplicated(ids)]], paste("an id that no other", kind, "has"))
  }
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
