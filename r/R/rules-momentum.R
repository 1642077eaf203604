# Momentum: the heavy ball.

#' @include rules-rule.R
NULL

#' @rdname update_rules
#' @export
momentum <- function(x, g, state, lr = 1e-3, momentum = 0.9, weight_decay = 0) {
  g <- add_decay(g, x, weight_decay)
  v <- if (length(state)) state$v else torch_zeros_like(x)
  # v <- momentum v + g
  v <- v * momentum + g
  # x <- x - lr v
  x <- x - v * lr
  list(x = x, state = list(v = v))
}

RULE_MOMENTUM <- new_rule(
  "momentum", momentum,
  year = 1964,
  fields = list(lr = NOT_NEGATIVE, momentum = RATE, weight_decay = NOT_NEGATIVE),
  optim = "optim_ignite_sgd"
)
