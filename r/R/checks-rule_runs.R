# Runs a rule over a case and keeps all its numbers; what it does wrong on the way is a finding, not an error.
#
# A run is a list. `points`: all numbers of x after each step, row by row. `states`: the numbers of each entry of the
# state after each step, where it has names. `problem`: why it stopped early, in one line. `gives_no_state`: it
# stopped since there was a point and no state. `changed`: what of x, g and the state it changed in place, and how
# first.

#' @include refusals.R
NULL

# So many first steps of a case are watched for changes in place.
WATCHED <- 3

# Runs a rule of the reader's own over a case, with these hyperparameters of it. A function with variables of its own
# starts every case as it was given.
run_rule <- function(rule, case, names) {
  own <- fresh_rule(rule)
  step <- function(x, g, state, number) {
    do.call(own, c(list(x, g, state), at_step(case, number)[names]), quote = TRUE)
  }
  run_steps(step, case, watch = TRUE)
}

# Runs steps over a case, or its first ones. After a point that is not finite, the next step starts from the first
# point: what comes then tells more than that nothing is a number any more. Only a rule that is watched may change
# what it is given; `states` says whether their numbers are kept.
run_steps <- function(stepper, case, until = length(case$gradients), watch = FALSE, states = TRUE) {
  run <- list(points = list(), states = list(), problem = NULL, gives_no_state = FALSE, changed = list())
  x <- case$start$clone()
  state <- list()
  for (number in seq_len(min(until, length(case$gradients)))) {
    g <- case$gradients[[number]]
    if (watch) g <- g$clone()
    watched <- if (watch && number <= WATCHED) numbers_of(x, g, state)
    before <- state
    step <- tryCatch(
      {
        with_no_grad({
          returned <- with_line(stepper(x, g, state, number))
          # What a block gives goes through the engine; what the rule returned does not.
          x
        })
        taken_apart(returned, case)
      },
      gradpath_no_step = function(broken) broken,
      error = function(problem) list(problem = failure_text(paste("step", number), problem))
    )
    if (inherits(step, "gradpath_no_step")) {
      run$problem <- paste0("step ", number, ": ", conditionMessage(step))
      run$gives_no_state <- step$gives_no_state
      return(run)
    }
    if (!is.null(step$problem)) {
      run$problem <- step$problem
      return(run)
    }
    if (!is.null(watched)) run$changed <- watch_changes(run$changed, number, watched, numbers_of(x, g, before))
    state <- step$state
    run$points[[number]] <- tensor_numbers(step$x)
    if (states) run$states[[number]] <- named_numbers(state)
    x <- if (all(is.finite(run$points[[number]]))) step$x$detach() else case$start$clone()
  }
  run
}

# A function that keeps something in variables of its own gets new ones, which hold what they held.
fresh_rule <- function(rule) {
  room <- environment(rule)
  shared <- is.null(room) || isNamespace(room) || identical(room, globalenv()) || !is.null(attr(room, "name"))
  if (shared) {
    return(rule)
  }
  tryCatch(
    {
      environment(rule) <- list2env(as.list(room, all.names = TRUE), parent = parent.env(room))
      rule
    },
    error = function(problem) rule
  )
}

no_step <- function(text, gives_no_state = FALSE) {
  condition <- list(message = printable(text), call = NULL, gives_no_state = gives_no_state)
  stop(structure(class = c("gradpath_no_step", "error", "condition"), condition))
}

taken_apart <- function(returned, case) {
  if (is_any_tensor(returned)) no_step("returned a point alone; return x and state", TRUE)
  if (!is.list(returned) || !"x" %in% names(returned)) {
    no_step(paste0("returned ", returned_kind(returned), "; return x and state"))
  }
  x <- returned$x
  if (!is_any_tensor(x)) no_step(paste0("returned ", returned_kind(x), " as x; return a tensor"))
  if (!identical(as.integer(x$shape), as.integer(case$shape))) {
    no_step(paste0("returned x of shape ", plain_shape(x$shape), " in place of ", plain_shape(case$shape)))
  }
  if (x$dtype != case$start$dtype) no_step(paste0("returned x as ", dtype_name(x), " in place of ", case$dtype))
  # NULL is no state; the next call begins anew, as after an empty one.
  list(x = x, state = returned$state %||% list())
}

returned_kind <- function(value) {
  if (is.null(value)) {
    return("nothing")
  }
  plain <- is.list(value) && is.null(attr(value, "class"))
  if (plain) paste(length(value), "values") else printable(class(value)[[1]])
}

plain_shape <- function(shape) paste0("(", paste(shape, collapse = ", "), ")")

tensor_numbers <- function(value) {
  as.numeric(value$reshape(-1))
}

named_numbers <- function(state) {
  if (!is.list(state) || is.null(names(state))) {
    return(list())
  }
  known <- Filter(function(value) is_any_tensor(value) || (is.numeric(value) && length(value) == 1), unclass(state))
  lapply(known, function(value) if (is_any_tensor(value)) tensor_numbers(value) else as.numeric(value))
}

numbers_of <- function(x, g, state) {
  tensors <- if (is.list(state)) Filter(is_any_tensor, unclass(state)) else list()
  entries <- named_numbers(tensors)
  names(entries) <- sprintf("state's %s", names(entries))
  c(list(x = tensor_numbers(x), g = tensor_numbers(g)), entries)
}

# A change in place: at which step first, of which number of how many, from what to what.
watch_changes <- function(changed, step, before, after) {
  for (name in setdiff(names(before), names(changed))) {
    old <- before[[name]]
    new <- after[[name]]
    if (is.null(new) || length(new) != length(old)) next
    other <- which(!(new == old | (is.nan(new) & is.nan(old))) %in% TRUE)
    if (length(other)) {
      k <- other[[1]]
      changed[[name]] <- list(step = step, number = k, size = length(old), before = old[[k]], after = new[[k]])
    }
  }
  changed
}

# Notes on an error in which file and line of the reader's own it came about, where R kept them.
with_line <- function(code) {
  withCallingHandlers(code, error = function(problem) {
    if (is.null(attr(problem, "line"))) {
      attr(problem, "line") <- line_of(sys.calls())
      stop(problem)
    }
  })
}

# The deepest line that is neither ours nor a library's: R keeps lines of what it reads with keep.source.
line_of <- function(calls) {
  places <- lapply(calls, attr, "srcref")
  theirs <- Filter(function(place) !is.null(place) && !is.null(attr(place, "srcfile")), places)
  theirs <- Filter(function(place) is_own_file(attr(place, "srcfile")$filename), theirs)
  if (!length(theirs)) {
    return(NULL)
  }
  place <- theirs[[length(theirs)]]
  name <- basename(attr(place, "srcfile")$filename)
  sprintf("%s%sline %d", name, if (nzchar(name)) ", " else "", place[[1]])
}

is_own_file <- function(file) {
  ours <- c("checks-", "testthat", "reticulate")
  length(file) == 1 && !any(startsWith(basename(file), ours))
}

failure_text <- function(where, problem) {
  line <- attr(problem, "line")
  # A line says more than the call, which is ours where the rule itself stopped.
  if (!is.null(line)) problem$call <- NULL
  text <- tryCatch(user_failure(where, problem, "failed"), error = conditionMessage)
  if (is.null(line)) text else paste0(text, " (", printable(line), ")")
}
