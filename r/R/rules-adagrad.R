# Adagrad.

#' @include rules-rule.R
NULL

#' @rdname update_rules
#' @export
adagrad <- function(x, g, state, lr = 1e-2, eps = 1e-10, weight_decay = 0) {
  g <- add_decay(g, x, weight_decay)
  s <- if (length(state)) state$s else torch_zeros_like(x)
  # s <- s + g^2 # nolint: commented_code_linter.
  s <- s + g * g
  # x <- x - lr g / (sqrt(s) + eps)
  x <- x - g * lr / (torch_sqrt(s) + eps)
  list(x = x, state = list(s = s))
}

RULE_ADAGRAD <- new_rule(
  "adagrad", adagrad,
  year = 2011,
  fields = list(lr = NOT_NEGATIVE, eps = NOT_NEGATIVE, weight_decay = NOT_NEGATIVE),
  optim = "optim_ignite_adagrad"
)
