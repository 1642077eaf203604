# Random schedules for the tests, drawn with R's own generator from a seed that the caller sets.

STEPS <- 500

whole <- function(from, to) sample(seq(from, to), 1)
between <- function(from, to) stats::runif(1, from, to)

# What may stand in a chain: schedules that only multiply.
MULTIPLYING <- list(
  constant = function() list(),
  exponential = function() list(gamma = between(0.9, 1)),
  step = function() list(step_size = whole(1, 200), gamma = between(0.5, 1)),
  multi_step = function() {
    list(milestones = sort(sample(STEPS - 1, whole(1, 6))), gamma = between(0.1, 1))
  },
  polynomial = function() list(steps = whole(1, STEPS), power = between(0.3, 3))
)

AFTER <- c(MULTIPLYING, list(
  factor = function() list(factor = between(0.9, 1), lr_min = between(0, 0.02)),
  inverse_sqrt = function() list(),
  cosine = function() list(steps = whole(1, STEPS), lr_min = between(0, 0.02)),
  # The library's periodic cosine is a recursion that divides by 1 + cos: it keeps what it loses near troughs.
  cosine_periodic = function() list(half_period = whole(1, 120), lr_min = between(0, 0.02)),
  cosine_restarts = function() {
    list(steps = whole(2, 200), growth = whole(1, 3), lr_min = between(0, 0.02))
  }
))

RANDOM_SCHEDULES <- c(AFTER, list(
  warmup = function() {
    then <- random_schedule(sample(names(AFTER), 1))
    start_factor <- sample(c(0, between(0.01, 0.9)), 1)
    longest <- if (is.null(then$steps)) 100 else then$steps
    list(warmup = whole(1, longest), then = then, start_factor = start_factor)
  },
  one_cycle = function() {
    list(
      steps = whole(21, STEPS), pct_start = between(0.06, 0.9),
      div_factor = between(1.1, 50), final_div_factor = between(1, 1e4)
    )
  },
  chained = function() {
    kinds <- sample(names(MULTIPLYING), whole(1, 3), replace = TRUE)
    list(schedules = lapply(kinds, random_schedule))
  },
  lambda = function() {
    period <- whole(2, 50)
    power <- between(0.3, 3)
    list(lr_lambda = function(t) (1 - (t %% period) / period)^power)
  },
  plateau = function() {
    list(
      mode = sample(c("min", "max"), 1), factor = between(0.1, 0.9), patience = whole(0, 20),
      threshold = between(0, 0.1), threshold_mode = sample(c("rel", "abs"), 1), cooldown = whole(0, 10),
      min_lr = between(0, 0.0005), eps = between(0, 1e-4)
    )
  }
))

random_schedule <- function(kind) c(list(name = kind), RANDOM_SCHEDULES[[kind]]())

# A loss that falls, stalls and jumps: what a plateau has to tell apart.
random_metrics <- function() 3 / (1 + (seq_len(STEPS) - 1) %/% 40) + stats::runif(STEPS, 0, 0.3)
