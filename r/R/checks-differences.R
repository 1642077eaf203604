# How far two runs of a case are apart, where first, and which classic mistakes come to the same numbers.

#' @include checks-mistakes.R checks-rule_cases.R
NULL

# Largest difference of a number, relative to the largest that it has been, up to which two rules are the same one
# written in two ways. Rounding in another order stays far below, every classic mistake far above.
TOLERANCE <- list(float64 = 1e-9, float32 = 1e-4)
# A variant is run in full only if its first steps come to the same numbers.
FIRST_STEPS <- 2

# How far the numbers of one quantity are apart at each step, relative to the largest that ours have been: a matrix of
# shape (steps, size); 0 where neither is finite, infinite where one is not.
distances <- function(run, ours, start = 0) {
  steps <- min(length(run), length(ours))
  if (!steps) {
    return(matrix(0, 0, 0))
  }
  a <- do.call(rbind, run[seq_len(steps)])
  b <- do.call(rbind, ours[seq_len(steps)])
  scale <- abs(b)
  scale[!is.finite(b)] <- 0
  scale[1, ] <- pmax(scale[1, ], abs(start))
  for (step in seq_len(steps)[-1]) scale[step, ] <- pmax(scale[step, ], scale[step - 1, ])
  far <- abs(a - b) / scale
  far[which(a == b)] <- 0
  far[!is.finite(a) & !is.finite(b)] <- 0
  far[is.finite(a) != is.finite(b)] <- Inf
  far
}

distances_of_x <- function(case, run, ours) {
  distances(run$points, ours$points, tensor_numbers(case$start))
}

# Where a run parts from ours first: in x, or at that step or before in the state; NULL if x never does. A difference
# is a list: the case, its number and what it is, the step, the quantity, which of its numbers of how many, what the
# run got and what was expected; and the same for x, which may part later than the state.
first_difference <- function(case, run, ours) {
  tolerance <- TOLERANCE[[case$dtype]]
  x <- first_beyond(distances_of_x(case, run, ours), tolerance)
  if (is.null(x)) {
    return(NULL)
  }
  found <- list(at = x, what = "x", got = run$points, expected = ours$points)
  shared <- shared_entries(run, ours)
  for (name in names(shared)) {
    entry <- first_beyond(distances(shared[[name]]$got, shared[[name]]$expected), tolerance)
    sooner <- !is.null(entry) && (entry[[1]] < found$at[[1]] || (entry[[1]] == found$at[[1]] && found$what == "x"))
    if (sooner) found <- c(list(at = entry, what = name), shared[[name]])
  }
  step <- found$at[[1]]
  k <- found$at[[2]]
  list(
    case = case$number, case_is = case_words(case), step = step, quantity = found$what, number = k,
    size = length(found$got[[step]]), got = found$got[[step]][[k]], expected = found$expected[[step]][[k]],
    x_step = x[[1]], x_got = run$points[[x[[1]]]][[x[[2]]]], x_expected = ours$points[[x[[1]]]][[x[[2]]]]
  )
}

# The numbers of the entries of the state that both runs have under one name, and of one size.
shared_entries <- function(run, ours) {
  names <- if (length(ours$states)) names(ours$states[[1]])
  shared <- lapply(stats::setNames(nm = names), function(name) {
    list(got = lapply(run$states, `[[`, name), expected = lapply(ours$states, `[[`, name))
  })
  Filter(function(entry) length(entry$got) && all(lengths(entry$got) == length(entry$expected[[1]])), shared)
}

first_beyond <- function(far, tolerance) {
  steps <- which(apply(far > tolerance, 1, any))
  if (length(steps)) c(steps[[1]], which(far[steps[[1]], ] > tolerance)[[1]])
}

# The classic mistakes of a rule that come to the numbers of these runs in every case.
equal_mistakes <- function(like, cases, runs) {
  equal <- Filter(function(mistake) {
    for (switches in mistake$variants[[like]]) {
      if (is_reproduced(like, switches, cases, runs)) {
        return(TRUE)
      }
    }
    FALSE
  }, MISTAKES)
  names(equal)
}

is_reproduced <- function(like, switches, cases, runs) {
  for (until in c(FIRST_STEPS, Inf)) {
    for (k in seq_along(cases)) {
      far <- distances_of_x(cases[[k]], runs[[k]], run_mistake(like, switches, cases[[k]], until))
      if (any(far > TOLERANCE[[cases[[k]]$dtype]])) {
        return(FALSE)
      }
    }
  }
  TRUE
}

# Runs a rule with switches that make it wrong over a case, or over its first steps.
run_mistake <- function(like, switches, case, until = Inf) {
  run_steps(function(x, g, state, number) {
    mistaken_step(like, switches, x, g, state, at_step(case, number))
  }, case, until, states = FALSE)
}
