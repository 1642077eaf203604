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
  fields <- RULES[[optimizer]]$fields
  if (!name %in% names(fields)) {
    accepted <- paste0("a hyperparameter of ", optimizer, ": ", paste(names(fields), collapse = ", "))
    refuse(where, name, value, accepted)
  }
  if (!fields[[name]][[1]](value)) refuse(where, name, value, fields[[name]][[2]])
}

# The optimizer's defaults overlaid with the given values, each of them checked.
check_hyperparameters <- function(where, optimizer, hyperparameters) {
  known <- default_hyperparameters(optimizer)
  # By position: a key of a file may be anything, and a value in a call may have no name.
  given <- names(hyperparameters) %||% rep("", length(hyperparameters))
  for (i in seq_along(hyperparameters)) {
    require_hyperparameter(where, optimizer, given[[i]], hyperparameters[[i]])
  }
  known[names(hyperparameters)] <- hyperparameters
  known
}
