# Which values the parameters of a schedule may take; one table for functions, lists and declarations.

#' @include refusals.R hyperparameters.R
NULL

# A whole number (40 and 40.0 are) that is not below `least`.
whole_from <- function(least) {
  force(least)
  function(value) is_number(value) && value == trunc(value) && value >= least
}

increasing <- function(value) {
  numbers <- is.numeric(value) || is.list(value) && all(vapply(value, is_number, TRUE))
  if (!numbers || length(value) == 0) {
    return(FALSE)
  }
  all(vapply(value, whole_from(1), TRUE)) && all(diff(unlist(value)) > 0)
}

POSITIVE <- list(function(value) is_number(value) && value > 0, "a finite number > 0")
SHRINKS <- list(function(value) is_number(value) && value > 0 && value <= 1, "a number > 0 and <= 1")
BELOW_ONE <- list(function(value) is_number(value) && value > 0 && value < 1, "a number > 0 and < 1")
COUNT <- list(whole_from(1), "a whole number >= 1")
FROM_ZERO <- list(whole_from(0), "a whole number >= 0")

SCHEDULE_FIELDS <- list(
  t = FROM_ZERO,
  lr = NOT_NEGATIVE,
  lr_final = POSITIVE,
  lr_min = NOT_NEGATIVE,
  gamma = SHRINKS,
  factor = SHRINKS,
  epochs = COUNT,
  steps = COUNT,
  step_size = COUNT,
  half_period = COUNT,
  troughs = COUNT,
  growth = COUNT,
  warmup = COUNT,
  milestones = list(increasing, "a list of whole numbers >= 1, each larger than the one before"),
  power = POSITIVE,
  start_factor = list(function(value) at_least_zero(value) && value <= 1, "a number >= 0 and <= 1"),
  pct_start = BELOW_ONE,
  div_factor = POSITIVE,
  final_div_factor = POSITIVE,
  lr_lambda = list(is.function, "a function of t"),
  # Of the plateau; its factor must shrink the rate.
  mode = list(one_text_of(c("min", "max")), one_of(c("min", "max"))),
  "plateau factor" = BELOW_ONE,
  patience = FROM_ZERO,
  threshold = NOT_NEGATIVE,
  threshold_mode = list(one_text_of(c("rel", "abs")), one_of(c("rel", "abs"))),
  cooldown = FROM_ZERO,
  min_lr = NOT_NEGATIVE,
  eps = NOT_NEGATIVE,
  metric = list(is_number, "a finite number, such as the validation loss of the epoch")
)

A_SCHEDULE <- "a mapping with a name and the parameters of that schedule, or a function of t"

# What may follow a warmup or stand in a chain: the library's own objects can start late or multiply only for
# these.
AFTER_WARMUP <- c(
  "constant", "exponential", "step", "multi_step", "factor", "inverse_sqrt", "polynomial", "cosine",
  "cosine_periodic", "cosine_restarts"
)
IN_CHAIN <- c("constant", "exponential", "step", "multi_step", "polynomial")

# Refuses a value that a parameter does not take; `kind` is the schedule, where it matters.
check_field <- function(where, field, value, kind = "") {
  rule <- SCHEDULE_FIELDS[[paste(kind, field)]] %||% SCHEDULE_FIELDS[[field]]
  if (!rule[[1]](value)) {
    refuse(where, field, value, rule[[2]])
  }
}

# Refuses the first value that its parameter does not take.
check_fields <- function(where, ...) {
  values <- list(...)
  for (field in names(values)) check_field(where, field, values[[field]])
}

# A parameter without a default.
is_required <- function(default) is.symbol(default) && identical(as.character(default), "")

# A schedule given as a list, its name first, with defaults filled in and every value checked. `known` is the
# list of the parameters of every schedule, `accepted` the names that are taken here. In a `declared`
# schedule, read from a file, a lone number is not a list; in R's own code it is one, of length one.
check_schedule <- function(where, schedule, known, accepted = names(known), declared = FALSE) {
  if (!is.list(schedule) || is_sequence(schedule) || (length(schedule) && is.null(names(schedule)))) {
    refuse(where, "schedule", schedule, A_SCHEDULE)
  }
  name <- schedule[["name"]]
  if (!one_text_of(accepted)(name)) {
    refuse(where, "schedule", name, one_of(accepted))
  }
  where <- paste0(where, ", schedule '", name, "'")
  given <- schedule[names(schedule) != "name"]
  # By position: a key of a file may be anything.
  for (i in seq_along(given)) {
    given[i] <- list(check_parameter(where, name, names(given)[[i]], given[[i]], known, declared))
  }
  required <- vapply(known[[name]], is_required, TRUE)
  for (field in setdiff(names(known[[name]])[required], names(given))) {
    said <- c(then = "a schedule", schedules = "a list of schedules")[field]
    said <- if (is.na(said)) SCHEDULE_FIELDS[[field]][[2]] else said
    gradpath_stop(paste0(where, ": ", field, ": is missing; use ", said))
  }
  complete <- c(list(name = name), lapply(known[[name]][!required], eval))
  complete[names(given)] <- given
  check_together(where, complete)
  # In the order of the function's own parameters, whatever was given.
  complete[c("name", names(known[[name]]))]
}

check_parameter <- function(where, name, field, value, known, declared) {
  parameters <- names(known[[name]])
  if (!field %in% parameters) {
    parameters <- if (length(parameters)) paste(parameters, collapse = ", ") else "none"
    refuse(where, field, value, paste0("a parameter of ", name, ": ", parameters))
  }
  if (field == "then") {
    return(if (is.function(value)) value else check_schedule(where, value, known, AFTER_WARMUP, declared))
  }
  if (field == "schedules") {
    return(check_chain(where, value, known, declared))
  }
  check_value(where, name, field, value, declared)
  if (is_sequence(value)) unlist(value) else value
}

check_value <- function(where, name, field, value, declared) {
  if (field == "milestones" && declared && !is_sequence(value)) {
    refuse(where, field, value, SCHEDULE_FIELDS$milestones[[2]])
  }
  functions <- field == "lr_lambda" && is.list(value) && all(vapply(value, is.function, TRUE))
  if (!functions) check_field(where, field, value, name)
}

check_chain <- function(where, schedules, known, declared) {
  if (!is.list(schedules) || !is.null(names(schedules)) || length(schedules) == 0) {
    refuse(where, "schedules", schedules, "a list of schedules")
  }
  lapply(unclass(schedules), function(inner) check_schedule(where, inner, known, IN_CHAIN, declared))
}

# What only several parameters together can get wrong.
check_together <- function(where, schedule) {
  if (schedule$name == "warmup") check_warmup(where, schedule$warmup, schedule$then)
  if (schedule$name == "one_cycle") check_rise(where, schedule$pct_start, schedule$steps)
}

# Refuses a warmup that is longer than the schedule that follows it.
check_warmup <- function(where, warmup, then) {
  steps <- if (is.list(then)) then$steps
  if (is_number(steps) && warmup > steps) {
    accepted <- sprintf("a whole number from 1 to %.15g, the steps that follow it", steps)
    refuse(where, "warmup", warmup, accepted)
  }
}

# Refuses a one-cycle schedule that has no step to rise in: its peak is at step pct_start * steps - 1.
check_rise <- function(where, pct_start, steps) {
  if (pct_start * steps <= 1) {
    accepted <- sprintf("a number > %.15g and < 1 for %.15g steps", 1 / steps, steps)
    refuse(where, "pct_start", pct_start, accepted)
  }
}

# The schedule of a path of so many steps, checked; a function of t, and NULL, come back as they are.
check_path_schedule <- function(where, schedule, steps, known, declared = FALSE) {
  if (is.null(schedule) || is.function(schedule)) {
    return(schedule)
  }
  checked <- check_schedule(where, schedule, known, declared = declared)
  if (checked$name == "warmup" && checked$warmup > steps) {
    accepted <- sprintf("a whole number from 1 to %.15g, the steps of the path", steps)
    refuse(paste0(where, ", schedule 'warmup'"), "warmup", checked$warmup, accepted)
  }
  checked
}
