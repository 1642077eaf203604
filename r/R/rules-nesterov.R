# Nesterov's momentum.

#' @include rules-rule.R
NULL

#' @rdname update_rules
#' @export
nesterov <- function(x, g, state, lr = 1e-3, momentum = 0.9, weight_decay = 0) {
  g <- add_decay(g, x, weight_decay)
  v <- if (length(state)) state$v else torch_zeros_like(x)
  # v <- momentum v + g
  v <- v * momentum + g
  # x <- x - lr (g + momentum v)
  x <- x - (g + v * momentum) * lr
  list(x = x, state = list(v = v))
}

# The library has it as an option of SGD, and refuses it without momentum.
nesterov_arguments <- function(hyperparameters) {
  c(hyperparameters, list(nesterov = hyperparameters$momentum != 0))
}

RULE_NESTEROV <- new_rule(
  "nesterov", nesterov,
  year = 1983,
  fields = list(lr = NOT_NEGATIVE, momentum = RATE, weight_decay = NOT_NEGATIVE),
  optim = "optim_ignite_sgd",
  arguments = nesterov_arguments
)
