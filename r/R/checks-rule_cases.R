# The cases on which a rule is compared with ours: seeded, the same ones in both languages.
#
# Both rules get the same gradients, whatever points they reach, so that a difference of rounding stays one. The cases
# are chosen so that every classic mistake shows in at least one of them, and no two look alike in all.

#' @include rules.R
NULL

# What the gradients of a case are like; each of its numbers is a plain normal one otherwise.
GRADIENTS <- list(
  ordinary = "ordinary gradients", tiny = "tiny gradients", zeros = "gradients of zero at first",
  huge = "one huge gradient", sizes = "gradients of many sizes"
)

# dtype, shape, gradients, eps, whether weights decay, whether the rate halves on the way, and whether `init` and
# `bias_correction` are the other ones. The plainest case is the first: it is the one that a report shows. None has
# the shape (): in {torch} a scalar on the left makes a tensor of it that has another, and that is not the mistake.
new_design <- function(dtype, shape, kind, eps, decays, halves, other) {
  list(dtype = dtype, shape = shape, kind = kind, eps = eps, decays = decays, halves = halves, other = other)
}
DESIGN <- list(
  new_design("float64", 2L, GRADIENTS$ordinary, 1e-3, FALSE, FALSE, FALSE),
  new_design("float64", c(3L, 4L), GRADIENTS$ordinary, 1e-2, TRUE, TRUE, FALSE),
  new_design("float64", 1L, GRADIENTS$tiny, 1e-8, FALSE, FALSE, FALSE),
  new_design("float64", 5L, GRADIENTS$zeros, 1e-6, FALSE, FALSE, FALSE),
  new_design("float64", c(2L, 1L, 3L), GRADIENTS$huge, 1e-1, TRUE, TRUE, FALSE),
  new_design("float64", 4L, GRADIENTS$ordinary, 1e-4, TRUE, FALSE, TRUE),
  new_design("float32", 2L, GRADIENTS$ordinary, 1e-3, TRUE, FALSE, FALSE),
  new_design("float32", c(3L, 2L), GRADIENTS$sizes, 1e-8, FALSE, TRUE, FALSE)
)
# A prime, so that the cases of one seed are not those of the next.
SEED_STEP <- 1000003
SEEDS <- 2^31

# The cases for a rule: `taken` are the hyperparameters of the reference `like` that it has; the others stay at their
# defaults. A case is a list: its number from 1, dtype, what its gradients are, its start and gradients as tensors,
# its hyperparameters, and the rate of its second half.
draw_cases <- function(like, taken, steps, seed) {
  lapply(seq_along(DESIGN), function(number) draw_case(like, taken, steps, seed, number))
}

draw_case <- function(like, taken, steps, seed, number) {
  design <- DESIGN[[number]]
  size <- prod(design$shape)
  with_torch_manual_seed(seed = (seed + SEED_STEP * number) %% SEEDS, {
    u <- as.numeric(torch_rand(6, dtype = torch_float64()))
    numbers <- as_array(torch_randn(c(steps + 1, size), dtype = torch_float64()))
    powers <- as_array(torch_rand(c(steps, size), dtype = torch_float64()))
  })
  drawn <- list(
    lr = round(0.02 + 0.28 * u[[1]], 3),
    momentum = round(0.6 + 0.35 * u[[2]], 3),
    alpha = round(0.7 + 0.28 * u[[3]], 3),
    beta1 = round(0.6 + 0.35 * u[[4]], 3),
    beta2 = round(0.9 + 0.099 * u[[5]], 4),
    eps = design$eps,
    weight_decay = if (design$decays) round(0.05 + 0.25 * u[[6]], 3) else 0,
    init = if (design$other) "gradient" else "zero",
    bias_correction = !design$other
  )
  hyperparameters <- default_hyperparameters(like)
  from_draw <- intersect(names(hyperparameters), taken)
  hyperparameters[from_draw] <- drawn[from_draw]
  lr <- hyperparameters$lr
  start <- if (design$kind == GRADIENTS$tiny) numbers[1, ] * 0 else numbers[1, ]
  gradients <- case_gradients(design$kind, matrix(numbers[-1, ], steps), matrix(powers, steps))
  list(
    number = number,
    dtype = design$dtype,
    gradients_are = design$kind,
    shape = design$shape,
    start = case_tensor(start, design),
    gradients = lapply(seq_len(steps), function(step) case_tensor(gradients[step, ], design)),
    hyperparameters = hyperparameters,
    later_lr = if (design$halves && "lr" %in% taken) lr / 2 else lr
  )
}

# Numbers, row by row, as a tensor of the case's shape and dtype.
case_tensor <- function(numbers, design) {
  dtype <- engine_verb(paste0("torch_", design$dtype))()
  torch_tensor(as.numeric(numbers), dtype = dtype)$reshape(design$shape)
}

case_gradients <- function(kind, numbers, powers) {
  if (kind == GRADIENTS$tiny) numbers <- numbers * 1e-8
  # From 1e-4 to 1e4.
  if (kind == GRADIENTS$sizes) numbers <- numbers * 10^(powers * 8 - 4)
  if (kind == GRADIENTS$zeros) {
    # Three steps of all, and one number for ever.
    numbers[seq_len(min(3, nrow(numbers))), ] <- 0
    numbers[, 1] <- 0
  }
  if (kind == GRADIENTS$huge) numbers[nrow(numbers) %/% 2 + 1, 1] <- 1e30
  numbers
}

# The hyperparameters of a step, counted from 1.
at_step <- function(case, step) {
  if (step >= case_turn(case)) case$hyperparameters$lr <- case$later_lr
  case$hyperparameters
}

# The first step of the second half.
case_turn <- function(case) length(case$gradients) %/% 2 + 1

# What a case is: "float64, shape (2), ordinary gradients, lr 0.137, momentum 0.8".
case_words <- function(case) {
  shape <- paste0("shape (", paste(case$shape, collapse = ", "), ")")
  values <- vapply(names(case$hyperparameters), function(name) {
    value <- case$hyperparameters[[name]]
    later <- if (name == "lr" && case$later_lr != value) {
      sprintf(", from step %d on %s", as.integer(case_turn(case)), case_word(case$later_lr))
    }
    paste0(name, " ", case_word(value), later)
  }, "")
  paste(c(case$dtype, shape, case$gradients_are, values), collapse = ", ")
}

case_word <- function(value) {
  if (is.logical(value)) {
    return(if (value) "true" else "false")
  }
  if (is.character(value)) value else sprintf("%g", value)
}
