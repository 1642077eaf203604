# Learning-rate schedules by hand: each a pure function of the step, written to be read beside its formula.

#' @include schedules-fields.R schedules-plateau.R
NULL

#' Learning-rate schedules by hand
#'
#' Each is a pure function of the step. The step t counts from 0: the first update uses the rate at t = 0,
#' which is `lr` itself unless said otherwise, and the rate at t is the one that leads from point t to point t
#' + 1. One step is whatever the caller counts, an epoch or a batch; where a schedule is usually counted in
#' one of the two, it says so. The only schedule that is not a function of t waits for a metric:
#' [plateau_schedule()].
#'
#' * `constant_schedule`: \eqn{lr}.
#' * `exponential_schedule`: \eqn{lr\,gamma^t}; usually per epoch. `gamma_for()` gives the gamma with which it
#'   is at `lr_final` after `epochs` steps, \eqn{(lr\_final / lr)^{1 / epochs}}.
#' * `step_schedule`: \eqn{lr\,gamma^{\lfloor t / step\_size \rfloor}}; the first drop is at t = step_size;
#'   usually per epoch.
#' * `multi_step_schedule`: \eqn{lr\,gamma^k} with k the number of milestones <= t; the rate at a milestone is
#'   already the lower one; usually per epoch.
#' * `factor_schedule`: \eqn{\max(lr\_min, lr\,factor^t)}.
#' * `inverse_sqrt_schedule`: \eqn{lr / \sqrt{t + 1}}; usually per batch.
#' * `polynomial_schedule`: \eqn{lr (1 - t / steps)^{power}}, and 0 from t = steps on; usually per batch.
#' * `cosine_schedule`: \eqn{lr\_min + (lr - lr\_min) (1 + \cos(\pi t / steps)) / 2}; it reaches lr_min at t =
#'   steps and stays there: the texts' version.
#' * `cosine_periodic_schedule`: the same with `half_period`, and it rises again: what PyTorch calls cosine
#'   annealing. A run that is an odd number of half periods long ends low: `half_period_for()` gives the half
#'   period with which it is in its last of so many troughs at t = steps.
#' * `cosine_restarts_schedule`: down along half a cosine, back to lr, and again, each time `growth` times as
#'   long. It never is at lr_min itself: where it would be, it is at lr again.
#' * `warmup_schedule`: \eqn{lr (start\_factor + (1 - start\_factor) t / warmup)} for t < warmup, and then(t -
#'   warmup) from there on. The first update uses lr start_factor: a third of lr by PyTorch's default, 0 in
#'   many texts. Usually per batch.
#' * `one_cycle_schedule`: up from lr / div_factor to lr at t = pct_start steps - 1 and down to lr /
#'   div_factor / final_div_factor at t = steps - 1, both along half a cosine; it stays there, where PyTorch's
#'   and {torch}'s stop with an error. Momentum, which the source moves the other way, stays as it is. Per
#'   batch.
#' * `chained_schedule`: lr times the product of what each schedule makes of a rate of 1; takes those that
#'   only multiply: constant, exponential, step, multi_step, polynomial.
#' * `lambda_schedule`: \eqn{lr\,lr\_lambda(t)}; `group_lambda_schedule`: one function and one rate per
#' parameter group.
#'
#' @param t The step, from 0.
#' @param lr The rate that the schedule starts from (one-cycle: its highest).
#' @param gamma,factor Factor of each drop, above 0 and not above 1.
#' @param lr_final,epochs The rate wanted, and after how many steps.
#' @param step_size Steps between two drops.
#' @param milestones Steps at which the rate drops, increasing.
#' @param lr_min The floor, or the lowest point.
#' @param steps How many steps the schedule takes (restarts: the first descent).
#' @param power The power of the polynomial.
#' @param half_period Steps from a peak to a trough.
#' @param troughs How many troughs.
#' @param growth Factor from one descent's steps to the next one's.
#' @param warmup How many steps the rate rises.
#' @param then The schedule that follows, which starts counting at 0; as `make_schedule()` takes it, from
#'   constant to cosine_restarts, or a function of t that gives a rate; not one_cycle, which rises by itself,
#'   nor chained or plateau, whose objects in the library cannot start late.
#' @param start_factor Where the rise starts, as a share of lr.
#' @param pct_start The share of steps in which the rate rises.
#' @param div_factor,final_div_factor How far below lr it starts, and how far below that it ends.
#' @param schedules A list of schedules, as `make_schedule()` takes them.
#' @param lr_lambda A function of t that gives a factor.
#' @param lrs,lr_lambdas One rate and one function per parameter group.
#' @return A rate, for `group_lambda_schedule()` a list of them. `make_schedule()` gives a function of t;
#'   `schedule_names()` the names that a schedule may have. Bad input stops with one line.
#' @source exponential: Senior et al. (2013). step: Ge et al. (2019), algorithm 1. multi_step: He
#'   et al. (2016), section 4.2. factor: Zhang et al., Dive into Deep Learning, section on learning rate
#'   scheduling. inverse_sqrt: Zinkevich (2003), theorem 1, where steps count from 1. polynomial: Chen et al.
#'   (2018), DeepLab, section 4.1. cosine and restarts: Loshchilov and Hutter (2017), equation (5). warmup:
#'   Goyal et al. (2017), section 2.2. one_cycle: Smith and Topin (2018), section 3, in PyTorch's form, after
#'   fastai. chained and lambda: PyTorch's ChainedScheduler and LambdaLR.
#' @name schedules
#' @examples
#' cosine_schedule(t = 20, lr = 0.1, steps = 40)
#' warm <- list(name = "warmup", warmup = 5, then = list(name = "cosine", steps = 35))
#' rate <- make_schedule(warm, lr = 0.1)
#' vapply(0:39, rate, 1)
NULL

#' @rdname schedules
#' @export
constant_schedule <- function(t, lr) {
  check_fields("constant_schedule()", t = t, lr = lr)
  lr
}

#' @rdname schedules
#' @export
exponential_schedule <- function(t, lr, gamma) {
  check_fields("exponential_schedule()", t = t, lr = lr, gamma = gamma)
  # lr gamma^t
  lr * gamma^t
}

#' @rdname schedules
#' @export
gamma_for <- function(lr, lr_final, epochs) {
  check_fields("gamma_for()", lr = lr, lr_final = lr_final, epochs = epochs)
  if (lr_final > lr) {
    refuse("gamma_for()", "lr_final", lr_final, "a number <= lr")
  }
  (lr_final / lr)^(1 / epochs)
}

#' @rdname schedules
#' @export
step_schedule <- function(t, lr, step_size, gamma = 0.1) {
  check_fields("step_schedule()", t = t, lr = lr, step_size = step_size, gamma = gamma)
  # lr gamma^floor(t / step_size)
  lr * gamma^(t %/% step_size)
}

#' @rdname schedules
#' @export
multi_step_schedule <- function(t, lr, milestones, gamma = 0.1) {
  check_fields("multi_step_schedule()", t = t, lr = lr, milestones = milestones, gamma = gamma)
  passed <- sum(unlist(milestones) <= t)
  # lr gamma^passed
  lr * gamma^passed
}

#' @rdname schedules
#' @export
factor_schedule <- function(t, lr, factor, lr_min = 0) {
  check_fields("factor_schedule()", t = t, lr = lr, factor = factor, lr_min = lr_min)
  # max(lr_min, lr factor^t)
  max(lr_min, lr * factor^t)
}

#' @rdname schedules
#' @export
inverse_sqrt_schedule <- function(t, lr) {
  check_fields("inverse_sqrt_schedule()", t = t, lr = lr)
  lr / sqrt(t + 1)
}

#' @rdname schedules
#' @export
polynomial_schedule <- function(t, lr, steps, power = 1) {
  check_fields("polynomial_schedule()", t = t, lr = lr, steps = steps, power = power)
  lr * (1 - min(t, steps) / steps)^power
}

#' @rdname schedules
#' @export
cosine_schedule <- function(t, lr, steps, lr_min = 0) {
  check_fields("cosine_schedule()", t = t, lr = lr, steps = steps, lr_min = lr_min)
  # lr_min + (lr - lr_min) (1 + cos(pi t / steps)) / 2
  lr_min + (lr - lr_min) * (1 + cos(pi * min(t, steps) / steps)) / 2
}

#' @rdname schedules
#' @export
cosine_periodic_schedule <- function(t, lr, half_period, lr_min = 0) {
  check_fields("cosine_periodic_schedule()", t = t, lr = lr, half_period = half_period, lr_min = lr_min)
  # lr_min + (lr - lr_min) (1 + cos(pi t / half_period)) / 2
  lr_min + (lr - lr_min) * (1 + cos(pi * t / half_period)) / 2
}

#' @rdname schedules
#' @export
half_period_for <- function(steps, troughs) {
  check_fields("half_period_for()", steps = steps, troughs = troughs)
  if (steps %% (2 * troughs - 1) != 0) {
    refuse("half_period_for()", "steps", steps, sprintf("a multiple of %g, 2 troughs - 1", 2 * troughs - 1))
  }
  steps / (2 * troughs - 1)
}

#' @rdname schedules
#' @export
cosine_restarts_schedule <- function(t, lr, steps, growth = 1, lr_min = 0) {
  check_fields("cosine_restarts_schedule()", t = t, lr = lr, steps = steps, growth = growth, lr_min = lr_min)
  since <- t
  length <- steps
  while (since >= length) {
    since <- since - length
    length <- length * growth
  }
  # lr_min + (lr - lr_min) (1 + cos(pi since / length)) / 2
  lr_min + (lr - lr_min) * (1 + cos(pi * since / length)) / 2
}

#' @rdname schedules
#' @export
warmup_schedule <- function(t, lr, warmup, then, start_factor = 1 / 3) {
  check_fields("warmup_schedule()", t = t, lr = lr, warmup = warmup, start_factor = start_factor)
  check_warmup("warmup_schedule()", warmup, then)
  if (t >= warmup) {
    return(make_schedule(then, lr)(t - warmup))
  }
  # lr (start_factor + (1 - start_factor) t / warmup)
  lr * (start_factor + (1 - start_factor) * t / warmup)
}

#' @rdname schedules
#' @export
one_cycle_schedule <- function(t, lr, steps, pct_start = 0.3, div_factor = 25, final_div_factor = 1e4) {
  check_fields(
    "one_cycle_schedule()",
    t = t, lr = lr, steps = steps, pct_start = pct_start, div_factor = div_factor,
    final_div_factor = final_div_factor
  )
  check_rise("one_cycle_schedule()", pct_start, steps)
  start <- lr / div_factor
  end <- lr / div_factor / final_div_factor
  peak <- pct_start * steps - 1
  last <- steps - 1
  t <- min(t, last)
  if (t <= peak) {
    # lr + (start - lr) (1 + cos(pi t / peak)) / 2
    return(lr + (start - lr) / 2 * (1 + cos(pi * (t / peak))))
  }
  # The same from lr down to the end.
  end + (lr - end) / 2 * (1 + cos(pi * ((t - peak) / (last - peak))))
}

#' @rdname schedules
#' @export
chained_schedule <- function(t, lr, schedules) {
  check_fields("chained_schedule()", t = t, lr = lr)
  check_schedule("chained_schedule()", list(name = "chained", schedules = schedules), schedule_parameters())
  for (schedule in schedules) {
    lr <- lr * make_schedule(schedule, 1)(t)
  }
  lr
}

#' @rdname schedules
#' @export
lambda_schedule <- function(t, lr, lr_lambda) {
  check_fields("lambda_schedule()", t = t, lr = lr, lr_lambda = lr_lambda)
  lr * lr_lambda(t)
}

#' @rdname schedules
#' @export
group_lambda_schedule <- function(t, lrs, lr_lambdas) {
  if (length(lrs) != length(lr_lambdas)) {
    accepted <- sprintf("%d functions, as many as lrs", length(lrs))
    refuse("group_lambda_schedule()", "lr_lambdas", length(lr_lambdas), accepted)
  }
  Map(function(lr, lr_lambda) lambda_schedule(t, lr, lr_lambda), unname(lrs), unname(lr_lambdas))
}

#' @rdname schedules
#' @format `SCHEDULES` is the list of the functions by name.
#' @export
SCHEDULES <- list(
  constant = constant_schedule,
  exponential = exponential_schedule,
  step = step_schedule,
  multi_step = multi_step_schedule,
  factor = factor_schedule,
  inverse_sqrt = inverse_sqrt_schedule,
  polynomial = polynomial_schedule,
  cosine = cosine_schedule,
  cosine_periodic = cosine_periodic_schedule,
  cosine_restarts = cosine_restarts_schedule,
  warmup = warmup_schedule,
  one_cycle = one_cycle_schedule,
  chained = chained_schedule,
  lambda = lambda_schedule,
  plateau = plateau_schedule
)

#' @rdname schedules
#' @export
schedule_names <- function() {
  names(SCHEDULES)
}

# The parameters of every schedule with their defaults, an empty symbol where there is none.
schedule_parameters <- function() {
  lapply(SCHEDULES, function(schedule) {
    parameters <- as.list(formals(schedule))
    parameters[!names(parameters) %in% c("t", "lr")]
  })
}

#' @rdname schedules
#' @param schedule A list such as `list(name = "cosine", steps = 40, lr_min = 0.01)`: a name of
#'   `schedule_names()` and what that schedule takes besides t and lr. Or a function of t that gives the rate,
#'   which comes back as it is. A plateau is refused: it needs a metric.
#' @export
make_schedule <- function(schedule, lr) {
  if (is.function(schedule)) {
    return(schedule)
  }
  checked <- check_schedule("make_schedule()", schedule, schedule_parameters())
  name <- checked$name
  if (name == "plateau") {
    of_t <- setdiff(schedule_names(), "plateau")
    refuse("make_schedule()", "schedule", name, paste0(one_of(of_t), "; a plateau needs a metric"))
  }
  force(lr)
  function(t) do.call(SCHEDULES[[name]], c(list(t, lr), checked[-1]), quote = TRUE)
}
