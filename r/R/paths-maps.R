# Maps of how many steps an optimizer needs, over the values of two hyperparameters.

#' @include refusals.R hyperparameters.R surfaces.R rules.R
NULL

#' How many steps to the minimum, for many settings at once
#'
#' Counts the steps for every combination of hyperparameters, all as one run: the update rules take tensors of
#' any shape. So the runs are the rows of one tensor of points, the hyperparameters are columns beside it, and
#' a run that explodes does so in its own row.
#'
#' @param surface A name of [surface_names()], a surface, or a function that takes a tensor of points of shape
#'   (n, 2) and returns their values as a tensor of shape (n).
#' @param start Two finite numbers.
#' @param optimizer A name of [optimizer_names()]; its rule by hand is used, in float64 on the CPU. Or a rule of one's
#'   own, as [descend()] takes it: `x` and `g` have the shape (n, 2), and what is given as several numbers reaches it
#'   as a tensor of shape (n, 1).
#' @param steps How many updates each run may take.
#' @param within A run has arrived when its value is less than this above the bottom.
#' @param bottom The lowest value; that at the surface's first minimum if left out.
#' @param ... Hyperparameters: a number each, or several numbers, whose every combination is a run; defaults
#'   as in [update_rules].
#' @return A data frame with one row per run, the last of several running fastest: a column for every
#'   hyperparameter that was given as several numbers; `steps`, after how many steps the value has arrived
#'   *for good*, that is, up to the last step, and `Inf` where it has not; `status`: `"reached"`, `"not
#'   reached"`, or `"diverged"` for a run that ends higher than it began, or as no number. Its attributes are
#'   surface, start, optimizer, steps, within, bottom, hyperparameters; with a rule of one's own also
#'   `rule_source`. Bad input stops with one line.
#' @export
#' @examplesIf has_engine()
#' steps_to_reach("isotropic_paraboloid", c(6, 6), "sgd", 50, lr = c(0.5, 2.5, 5.1))
steps_to_reach <- function(surface, start, optimizer, steps, within = 0.01, bottom = NULL, ...) {
  where <- "steps_to_reach()"
  if (!is.function(surface)) surface <- get_surface(surface)
  require_value(where, "start", start)
  rule <- as_rule(where, optimizer, name_of(substitute(optimizer)))
  require_value(where, "steps", steps)
  if (!is_number(within) || within <= 0) {
    refuse(where, "within", within, "a finite number > 0")
  }
  bottom <- bottom_of(where, surface, bottom)
  all <- all_combinations(where, rule, list(...))
  runs <- max(1, lengths(all$columns))
  # Columns, so that each row of the points has its own.
  broadcast <- lapply(all$columns, function(values) {
    torch_tensor(values, dtype = torch_float64())$reshape(c(-1, 1))
  })
  start <- as.numeric(start)
  x <- torch_tensor(rep(start, runs), dtype = torch_float64())$reshape(c(runs, 2))
  values <- values_of(surface, x, rule$step, steps, c(all$single, broadcast))

  # Whatever is no number is not below anything, so it counts as not there.
  there <- !is.na(values) & values - bottom < within
  count <- apply((!there) * seq_len(steps + 1), 2, max)
  reached <- count <= steps
  last <- values[steps + 1, ]
  diverged <- is.na(last) | last > values[1, ]
  table <- data.frame(row.names = seq_len(runs))
  table[names(all$columns)] <- all$columns
  table$steps <- ifelse(reached, count, Inf)
  table$status <- ifelse(reached, "reached", ifelse(diverged, "diverged", "not reached"))
  known <- list(
    surface = attr(surface, "name") %||% "function", start = start, optimizer = rule$name, steps = steps,
    within = within, bottom = bottom, hyperparameters = c(all$single, all$columns)
  )
  if (is_own_rule(rule)) known$rule_source <- rule$source
  attributes(table) <- c(attributes(table), known)
  table
}

# The values of all runs at every step, as a matrix with steps + 1 rows and a column per run.
values_of <- function(surface, x, update, steps, hyperparameters) {
  state <- list()
  values <- list()
  for (step in seq_len(steps)) {
    x$requires_grad_(TRUE)
    value <- surface(x)
    values[[step]] <- value$detach()
    # The gradient of the sum has the gradient of each run in its own row: no run depends on another.
    g <- autograd_grad(value$sum(), list(x))[[1]]
    with_no_grad({
      made <- do.call(update, c(list(x, g, state), hyperparameters), quote = TRUE)
    })
    x <- made$x
    state <- made$state
  }
  values[[steps + 1]] <- surface(x)$detach()
  matrix(as_array(torch_stack(values)), steps + 1)
}

# Splits hyperparameters into several values, stretched to every combination, and single ones, all of them
# checked.
all_combinations <- function(where, rule, given) {
  several <- vapply(given, function(value) is.numeric(value) && length(value) != 1, TRUE)
  for (name in names(given)[several]) {
    if (!length(given[[name]])) refuse(where, name, list(), "a number or a list of numbers")
  }
  first <- lapply(given[several], `[[`, 1)
  checked <- check_hyperparameters(where, rule, c(given[!several], first))
  for (name in names(given)[several]) {
    for (value in given[[name]]) {
      if (!is_number(value)) refuse(where, name, value, "a number or a list of numbers")
      require_hyperparameter(where, rule, name, value)
    }
  }
  columns <- rev(as.list(expand.grid(rev(given[several]), KEEP.OUT.ATTRS = FALSE)))
  list(columns = columns, single = checked[setdiff(names(checked), names(columns))])
}

bottom_of <- function(where, surface, bottom) {
  minima <- attr(surface, "minima")
  if (is.null(bottom) && length(minima)) {
    return(surface(torch_tensor(minima[[1]], dtype = torch_float64()))$item())
  }
  if (!is_number(bottom)) {
    refuse(where, "bottom", bottom, "a finite number, the lowest value of the surface")
  }
  as.numeric(bottom)
}
