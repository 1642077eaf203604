# Which values a start, a number of steps and hyperparameters may take; one table for every caller.

#' @include accepted.R rules.R
NULL

MAX_STEPS <- 1000000
MAX_SEED <- 2147483647

two_finite_numbers <- function(value) {
  (is.numeric(value) || is.list(value)) && length(value) == 2 && all(vapply(value, is_number, TRUE))
}

whole_number_of_steps <- function(value) {
  at_least_zero(value) && value == trunc(value) && value <= MAX_STEPS
}

ACCEPTED <- list(
  start = list(two_finite_numbers, "two finite numbers"),
  steps = list(whole_number_of_steps, sprintf("a whole number from 0 to %d", as.integer(MAX_STEPS))),
  noise = NOT_NEGATIVE,
  seed = list(
    function(value) is_number(value) && value == trunc(value) && value >= 0 && value <= MAX_SEED,
    sprintf("a whole number from 0 to %.15g", MAX_SEED)
  ),
  method = list(one_text_of(c("manual", "optim")), one_of(c("manual", "optim"))),
  dtype = list(one_text_of(c("float64", "float32")), one_of(c("float64", "float32"))),
  optimizer = list(one_text_of(optimizer_names), function() one_of(optimizer_names()))
)

# Refuses a value that its field does not take.
require_value <- function(where, field, value) {
  if (!ACCEPTED[[field]][[1]](value)) {
    refuse(where, field, value, ACCEPTED[[field]][[2]])
  }
}

# Refuses a hyperparameter that an optimizer does not have, or a value that it does not take.
require_hyperparameter <- function(where, optimizer, name, value) {
  rule <- rule_of(optimizer)
  fields <- rule$fields
  if (!name %in% names(fields)) {
    had <- if (length(fields)) paste(names(fields), collapse = ", ") else "none"
    accepted <- paste0("a hyperparameter of ", rule$name, ": ", had)
    refuse(where, name, value, accepted)
  }
  if (!fields[[name]][[1]](value)) refuse(where, name, value, fields[[name]][[2]])
}

# A rule, or that of a name.
rule_of <- function(optimizer) if (inherits(optimizer, "gradpath_rule")) optimizer else RULES[[optimizer]]

# The optimizer's defaults overlaid with the given values, each of them checked. A rule of one's own may have
# hyperparameters without a default, which must be given.
check_hyperparameters <- function(where, optimizer, hyperparameters) {
  rule <- rule_of(optimizer)
  known <- if (is_own_rule(rule)) rule$defaults else default_hyperparameters(rule$name)
  # By position: a key of a file may be anything, and a value in a call may have no name.
  given <- names(hyperparameters) %||% rep("", length(hyperparameters))
  for (i in seq_along(hyperparameters)) {
    require_hyperparameter(where, optimizer, given[[i]], hyperparameters[[i]])
  }
  known[names(hyperparameters)] <- hyperparameters
  if (!is_own_rule(rule)) {
    return(known)
  }
  refuse_missing_hyperparameters(where, rule, known)
  known[intersect(names(rule$fields), names(known))]
}

refuse_missing_hyperparameters <- function(where, rule, known) {
  for (name in setdiff(rule$required, names(known))) {
    accepted <- paste0(rule$fields[[name]][[2]], ", since ", rule$name, " has no default")
    refuse_missing(where, name, accepted)
  }
}

# Refuses a schedule for a rule of one's own that has no rate.
check_has_rate <- function(where, optimizer, schedule) {
  rule <- rule_of(optimizer)
  if (!is.null(schedule) && !"lr" %in% names(rule$fields)) {
    gradpath_stop(paste0(
      where, ": schedule: ", rule$name, " has no hyperparameter lr, which a schedule changes; use none"
    ))
  }
}
