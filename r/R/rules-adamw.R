# AdamW: Adam with decoupled weight decay.

#' @include rules-rule.R rules-adam.R
NULL

#' @rdname update_rules
#' @export
adamw <- function(x, g, state, lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 1e-2,
                  init = "zero", bias_correction = TRUE) {
  # x <- x - lr weight_decay x
  x <- x * (1 - lr * weight_decay)
  adam(x, g, state, lr, beta1, beta2, eps, 0, init, bias_correction)
}

# Its decay does not enter the averages.
adamw_first_state <- function(p, group, init, bias_correction) {
  adam_first_state(p, list(weight_decay = 0), init, bias_correction)
}

RULE_ADAMW <- new_rule(
  "adamw", adamw,
  year = 2019,
  fields = ADAM_FIELDS,
  optim = "optim_ignite_adamw",
  arguments = adam_arguments,
  first_state = adamw_first_state
)
