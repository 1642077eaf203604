# Steepest descent.

#' @include rules-rule.R
NULL

#' @rdname update_rules
#' @export
sgd <- function(x, g, state, lr = 1e-3, weight_decay = 0) {
  g <- add_decay(g, x, weight_decay)
  # x <- x - lr g
  x <- x - g * lr
  list(x = x, state = state)
}

RULE_SGD <- new_rule(
  "sgd", sgd,
  year = 1951,
  fields = list(lr = NOT_NEGATIVE, weight_decay = NOT_NEGATIVE),
  optim = "optim_ignite_sgd"
)
