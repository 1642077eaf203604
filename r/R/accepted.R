# What numbers and words may be: the conditions that the tables of fields are made of, each with its words.

#' @include refusals.R
NULL

# A finite number (TRUE and FALSE are none, nor is a list of one number in a declaration).
is_number <- function(value) {
  is.numeric(value) && length(value) == 1 && is.finite(value) && !is_sequence(value)
}

# Minus zero is below zero.
at_least_zero <- function(value) {
  is_number(value) && value >= 0 && 1 / value > 0
}

decay_rate <- function(value) {
  at_least_zero(value) && value < 1
}

# One of some names; a list that is complete only when the package is loaded comes as a function.
one_text_of <- function(names) {
  force(names)
  function(value) {
    known <- if (is.function(names)) names() else names
    is.character(value) && length(value) == 1 && !is_sequence(value) && value %in% known
  }
}

NOT_NEGATIVE <- list(at_least_zero, "a finite number >= 0")
RATE <- list(decay_rate, "a number >= 0 and < 1")
TRUE_OR_FALSE <- list(function(value) isTRUE(value) || isFALSE(value), "true or false")
# Where an average starts.
INIT <- list(one_text_of(c("zero", "gradient")), one_of(c("zero", "gradient")))
