# check_rule(): the reader's rule beside ours, the first number where they part, and the mistake it equals.

#' @include checks-differences.R hyperparameters.R
NULL

RULE_BITS <- c(float64 = 53, float32 = 24)
MAX_CHECKED_STEPS <- 1000
RULE_OPTIONS <- c("init", "bias_correction")
# Up to here a difference in float64 may come from a number that was rounded to float32 on the way.
SINGLE_PRECISION <- 1e-4

#' Check an update rule of your own against ours
#'
#' Says whether it agrees, where it parts first if it does not, and which classic mistake gives the same numbers.
#'
#' Both get the same gradients over eight seeded cases: shapes from () to (3, 4), float64 and float32, random
#' hyperparameters, gradients that are ordinary, tiny, zero, huge and of many sizes, a rate that halves on the way.
#' They agree where every number of x stays within 1e-9 (float64) and 1e-4 (float32) of ours, relative to the largest
#' that it has been: so a rule may do its sums in another order, and keep its state as it likes.
#'
#' @param rule Takes `x`, `g`, `state` (an empty list at first) and hyperparameters by the names that ours has, and
#'   returns `list(x = , state = )`: the next point, in any shape and floating dtype, and the next state.
#'   Hyperparameters that it does not take are held at our defaults.
#' @param like Ours: one of [optimizer_names()].
#' @param name What the report calls the rule; the function's own name if left out.
#' @param steps How many steps each case has; 1 to 1000.
#' @param seed Where the cases are drawn from.
#' @return A report of class `gradpath_rule_report`, which prints itself and has a `plot()`. It is a list: `name`,
#'   `like`, `verdict` (`"agrees"`, `"differs"`, or `"fails"` if the rule stops or returns no step), `mistake` (a name
#'   of [MISTAKES], or `NULL`), `problem` (how it fails), `difference` (the first number that is not ours), `bits` and
#'   `bits32` (how many of the 53 bits of a float64, and the 24 of a float32, agree in the worst number), `notes`,
#'   `cases`, `steps`, `held` (hyperparameters held at our defaults), `rule`, `taken`, and `agrees`. What the rule
#'   does wrong, an error among it, is in the report; a `rule` that cannot be called with x, g, state and
#'   hyperparameters of ours stops with one line, an error of class `gradpath_error`.
#' @export
#' @examplesIf has_engine()
#' mine <- function(x, g, state, lr) list(x = x + g * lr, state = state)
#' check_rule(mine, like = "sgd")
check_rule <- function(rule, like, name = NULL, steps = 50, seed = 0) {
  where <- "check_rule()"
  given <- substitute(rule)
  name <- name %||% if (is.symbol(given)) as.character(given) else "the rule"
  check_rule_arguments(where, like, steps, seed)
  taken <- hyperparameters_taken(where, rule, like)
  cases <- draw_cases(like, taken, steps, seed)
  runs <- list()
  for (case in cases) {
    runs <- c(runs, list(run_rule(rule, case, taken)))
    # One that fails is not asked again.
    if (!is.null(runs[[case$number]]$problem)) break
  }
  run_cases <- cases[seq_along(runs)]
  ours <- lapply(run_cases, function(case) {
    run_steps(function(x, g, state, number) {
      do.call(UPDATE_RULES[[like]], c(list(x, g, state), at_step(case, number)), quote = TRUE)
    }, case)
  })
  facts <- list(
    cases = length(cases), steps = steps, held = setdiff(names(default_hyperparameters(like)), taken), rule = rule,
    taken = taken
  )
  new_rule_report(c(list(name = name, like = like), judge_runs(like, run_cases, runs, ours), facts))
}

check_rule_arguments <- function(where, like, steps, seed) {
  if (!one_text_of(optimizer_names)(like)) refuse(where, "like", like, one_of(optimizer_names()))
  if (!is_number(steps) || steps != trunc(steps) || steps < 1 || steps > MAX_CHECKED_STEPS) {
    refuse(where, "steps", steps, sprintf("a whole number from 1 to %d", MAX_CHECKED_STEPS))
  }
  require_value(where, "seed", seed)
}

# Which hyperparameters of a reference a rule takes.
hyperparameters_taken <- function(where, rule, like) {
  known <- names(default_hyperparameters(like))
  wanted <- paste0("a function of x, g, state and hyperparameters of ", like, ": ", paste(known, collapse = ", "))
  if (!is.function(rule)) refuse(where, "rule", rule, wanted)
  shown <- args(rule)
  # Functions written in C do not always say what they take.
  if (is.null(shown)) {
    return(known)
  }
  parameters <- formals(shown)
  plain <- setdiff(names(parameters), "...")
  if (length(plain) < 3 || any(plain[1:3] %in% known)) {
    got <- if (length(parameters)) paste(names(parameters), collapse = ", ") else "nothing"
    gradpath_stop(paste0(where, ": rule: a function of ", got, " is not accepted; use ", wanted))
  }
  others <- plain[-(1:3)]
  for (other in setdiff(others, known)) {
    if (is_required(parameters[[other]])) {
      gradpath_stop(paste0(where, ": rule: takes '", other, "', which ", like, " does not have; use ", wanted))
    }
  }
  # Options have to be named: whatever takes anything may well not know them.
  if ("..." %in% names(parameters)) others <- c(others, setdiff(known, RULE_OPTIONS))
  intersect(known, others)
}

judge_runs <- function(like, cases, runs, ours) {
  worst <- worst_distances(cases, runs, ours)
  differences <- Filter(Negate(is.null), Map(first_difference, cases, runs, ours))
  broken <- Find(function(k) !is.null(runs[[k]]$problem), seq_along(runs))
  changes <- all_changes(cases, runs)
  given <- Find(function(change) change$what %in% c("x", "g"), changes)
  found <- if (!is.null(broken)) {
    judge_broken(cases[[broken]], runs[[broken]], differences)
  } else if (length(differences)) {
    judge_different(like, cases, runs, differences[[1]], worst)
  } else if (!is.null(given)) {
    list(verdict = "differs", mistake = IN_PLACE, difference = change_as_difference(given))
  } else {
    list(verdict = "agrees", notes = odd_notes(odd_entries(cases, runs, ours)))
  }
  notes <- c(found$notes, change_notes(changes, if (!identical(found$mistake, IN_PLACE)) given))
  bits <- if (found$verdict == "agrees") mapply(agreeing_bits, worst[names(RULE_BITS)], RULE_BITS)
  list(
    verdict = found$verdict, mistake = found$mistake, problem = found$problem, difference = found$difference,
    bits = bits[["float64"]], bits32 = bits[["float32"]], notes = as.character(notes)
  )
}

judge_broken <- function(case, run, differences) {
  list(
    verdict = "fails",
    mistake = if (run$gives_no_state) NO_STATE,
    problem = paste0("case ", case$number, " (", case_words(case), "), ", run$problem),
    difference = if (length(differences)) differences[[1]]
  )
}

judge_different <- function(like, cases, runs, difference, worst) {
  found <- list(verdict = "differs", difference = difference)
  equal <- equal_mistakes(like, cases, runs)
  if (length(equal) == 1) found$mistake <- equal
  if (length(equal) > 1) {
    found$notes <- paste0("several classic mistakes give these numbers: ", paste(equal, collapse = ", "))
  }
  single <- worst[["float64"]] <= SINGLE_PRECISION && worst[["float32"]] <= TOLERANCE$float32
  if (!length(equal) && single) found$mistake <- SINGLE
  found
}

odd_notes <- function(odd) {
  if (length(odd)) {
    sprintf("its state holds other numbers than ours as %s; its x is right all the same", paste(odd, collapse = ", "))
  }
}

# `given` is a change of x or g that is not said already.
change_notes <- function(changes, given) {
  other <- Find(function(change) !change$what %in% c("x", "g"), changes)
  c(
    if (!is.null(given)) paste0("it changes the ", given$what, " that it is given; work on a clone"),
    if (!is.null(other)) {
      paste0("it changes the ", other$what, " in place: a state that was kept for later changes with it")
    }
  )
}

worst_distances <- function(cases, runs, ours) {
  dtypes <- vapply(cases, `[[`, "", "dtype")
  each <- unlist(Map(function(case, run, own) max(0, distances_of_x(case, run, own)), cases, runs, ours))
  vapply(names(RULE_BITS), function(dtype) max(0, each[dtypes == dtype]), 1)
}

all_changes <- function(cases, runs) {
  found <- Map(function(case, run) {
    lapply(names(run$changed), function(what) c(list(case = case, what = what), run$changed[[what]]))
  }, cases, runs)
  unlist(found, recursive = FALSE)
}

change_as_difference <- function(change) {
  list(
    case = change$case$number, case_is = case_words(change$case), step = change$step,
    quantity = paste("the given", change$what), number = change$number, size = change$size,
    got = change$after, expected = change$before,
    x_step = change$step, x_got = change$after, x_expected = change$before
  )
}

odd_entries <- function(cases, runs, ours) {
  odd <- Map(function(case, run, own) {
    far <- function(entry) any(distances(entry$got, entry$expected) > TOLERANCE[[case$dtype]])
    names(Filter(far, shared_entries(run, own)))
  }, cases, runs, ours)
  unique(unlist(odd))
}

agreeing_bits <- function(worst, most) {
  if (worst == 0) most else min(most, floor(-log2(worst)))
}
