# The same schedules through the library's `lr_*()`, and sequences of rates by hand and by the library.

#' @include schedules-schedules.R
NULL

#' The library's scheduler for one of our schedules
#'
#' {torch} has `lr_lambda()`, `lr_multiplicative()`, `lr_step()`, `lr_cosine_annealing()`, `lr_one_cycle()`
#' and `lr_reduce_on_plateau()`. step, cosine_periodic, one_cycle and plateau are those; exponential and
#' multi_step are `lr_multiplicative()`; every other schedule is `lr_lambda()` with our function's factor.
#'
#' @param schedule As [make_schedule()] takes it, and `list(name = "plateau", ...)`. A function of t gives the
#'   rate itself: the optimizer's own rate becomes 1, which the library multiplies by it.
#' @param opt An optimizer; each of its parameter groups starts from its own `lr`.
#' @return `make_scheduler()` gives the scheduler: call its `$step()` after the optimizer's; the plateau's
#'   takes the metric. `schedule_rates()` gives the rates of the first updates, at t = 0, 1, ..., as numbers.
#'   Bad input stops with one line.
#' @export
#' @examplesIf has_engine()
#' opt <- make_optimizer("sgd", torch_tensor(1, requires_grad = TRUE), lr = 0.1)
#' scheduler <- make_scheduler(list(name = "step", step_size = 2, gamma = 0.5), opt)
#' schedule_rates(list(name = "step", step_size = 2, gamma = 0.5), lr = 0.1, steps = 5, method = "optim")
make_scheduler <- function(schedule, opt) {
  if (is.function(schedule)) {
    for (i in seq_along(opt$param_groups)) opt$param_groups[[i]]$lr <- 1
    return(lr_lambda(opt, schedule))
  }
  checked <- check_schedule("make_scheduler()", schedule, schedule_parameters())
  make <- SCHEDULER_MAKERS[[checked$name]] %||% by_lambda
  make(opt, checked)
}

# The library's general scheduler multiplies the optimizer's rate by our function's factor.
by_lambda <- function(opt, schedule) {
  factors <- lapply(starts_of(opt), function(lr) {
    rate <- make_schedule(schedule, lr)
    function(t) if (lr > 0) rate(t) / lr else 1
  })
  lr_lambda(opt, factors)
}

# For a schedule that multiplies the rate by gamma at some steps, and leaves it alone at the others.
by_factor <- function(drops) {
  force(drops)
  function(opt, schedule) lr_multiplicative(opt, function(t) if (drops(t, schedule)) schedule$gamma else 1)
}

starts_of <- function(opt) {
  lapply(opt$param_groups, function(group) as.numeric(group$initial_lr %||% group$lr))
}

SCHEDULER_MAKERS <- list(
  exponential = by_factor(function(t, schedule) TRUE),
  step = function(opt, schedule) lr_step(opt, step_size = schedule$step_size, gamma = schedule$gamma),
  multi_step = by_factor(function(t, schedule) t %in% unlist(schedule$milestones)),
  cosine_periodic = function(opt, schedule) {
    lr_cosine_annealing(opt, T_max = schedule$half_period, eta_min = schedule$lr_min)
  },
  one_cycle = function(opt, schedule) {
    lr_one_cycle(
      opt,
      max_lr = starts_of(opt), total_steps = schedule$steps, pct_start = schedule$pct_start,
      div_factor = schedule$div_factor, final_div_factor = schedule$final_div_factor, cycle_momentum = FALSE
    )
  },
  lambda = function(opt, schedule) lr_lambda(opt, schedule$lr_lambda),
  plateau = function(opt, schedule) do.call(lr_reduce_on_plateau, c(list(opt), schedule[-1]))
)

# Advances a scheduler by one step, with the metric if it wants one; a one-cycle schedule stays at its end.
step_scheduler <- function(scheduler, metric = NULL) {
  if (inherits(scheduler, "lr_reduce_on_plateau")) {
    scheduler$step(metric)
  } else if (!inherits(scheduler, "lr_one_cycle") || scheduler$last_epoch < scheduler$total_steps - 1) {
    scheduler$step()
  }
  invisible(scheduler)
}

# The rate of a schedule by hand, advanced step by step like the library's object: `$lr`, `$step(metric)`.
rate_by_hand <- function(where, schedule, lr) {
  if (!is.function(schedule) && schedule$name == "plateau") {
    return(do.call(plateau_schedule, c(list(lr), schedule[names(schedule) != "name"])))
  }
  rate <- make_schedule(schedule, lr)
  self <- new.env(parent = emptyenv())
  self$t <- 0
  self$lr <- checked_rate(where, rate(0))
  self$step <- function(metric = NULL) {
    self$t <- self$t + 1
    self$lr <- checked_rate(where, rate(self$t))
  }
  self
}

# What a schedule gave, if it is a rate.
checked_rate <- function(where, rate) {
  if (!at_least_zero(rate)) {
    refuse(where, "schedule gave", rate, "a function that gives a finite number >= 0")
  }
  as.numeric(rate)
}

# A schedule whose functions are named as the reader's own where they fail.
guard_schedule <- function(schedule, where = "descend()") {
  if (is.function(schedule)) {
    return(function(t) checked_rate(where, call_schedule(where, schedule, t)))
  }
  if (is.function(schedule$then)) {
    then <- schedule$then
    schedule$then <- function(t) checked_rate(where, call_schedule(where, then, t))
  }
  if (is.function(schedule$lr_lambda)) {
    factor <- schedule$lr_lambda
    schedule$lr_lambda <- function(t) checked_factor(where, call_schedule(where, factor, t))
  }
  schedule
}

call_schedule <- function(where, schedule, t) {
  tryCatch(schedule(t), error = function(problem) user_failure(paste0(where, ": schedule"), problem))
}

checked_factor <- function(where, value) {
  if (!at_least_zero(value)) {
    refuse(where, "lr_lambda gave", value, "a function that gives a finite number >= 0")
  }
  as.numeric(value)
}

#' @rdname make_scheduler
#' @param lr The rate that it starts from.
#' @param steps How many updates.
#' @param method `"manual"`, our function, or `"optim"`, the library's scheduler driving an optimizer.
#' @param metrics What a plateau watches, one number per step: `metrics[[t]]` is known after update t.
#' @export
schedule_rates <- function(schedule, lr, steps, method = "manual", metrics = NULL) {
  where <- "schedule_rates()"
  require_value(where, "steps", steps)
  require_value(where, "method", method)
  check_fields(where, lr = lr)
  checked <- if (!is.function(schedule)) check_schedule(where, schedule, schedule_parameters())
  watches <- identical(checked$name, "plateau")
  if (watches && (is.null(metrics) || length(metrics) < steps)) {
    given <- if (is.null(metrics)) NULL else as.list(metrics)
    refuse(where, "metrics", given, sprintf("one finite number per step, %d of them", as.integer(steps)))
  }
  if (steps == 0) {
    return(numeric())
  }
  schedule <- guard_schedule(schedule, where)
  metric <- function(t) if (watches) metrics[[t]]
  if (method == "manual") {
    by_hand <- rate_by_hand(where, schedule, lr)
    rate <- function() by_hand$lr
    go_on <- function(t) by_hand$step(metric(t))
  } else {
    opt <- make_optimizer("sgd", torch_zeros(1, requires_grad = TRUE), lr = lr)
    scheduler <- make_scheduler(schedule, opt)
    rate <- function() as.numeric(opt$param_groups[[1]]$lr)
    go_on <- function(t) {
      opt$step()
      step_scheduler(scheduler, metric(t))
    }
  }
  vapply(seq_len(steps), function(t) {
    # A schedule goes on only where an update follows.
    if (t > 1) go_on(t - 1)
    rate()
  }, 1)
}
