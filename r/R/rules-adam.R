# Adam.

#' @include rules-rule.R
NULL

#' @rdname update_rules
#' @export
adam <- function(x, g, state, lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0,
                 init = "zero", bias_correction = TRUE) {
  g <- add_decay(g, x, weight_decay)
  if (!length(state)) {
    state <- list(t = 0, m = first_average(g, init), v = first_average(g * g, init))
  }
  t <- state$t + 1
  # m <- beta1 m + (1 - beta1) g
  m <- state$m * beta1 + g * (1 - beta1)
  # v <- beta2 v + (1 - beta2) g^2
  v <- state$v * beta2 + g * g * (1 - beta2)
  # m_hat = m / (1 - beta1^t), v_hat = v / (1 - beta2^t)
  m_hat <- if (bias_correction) m / (1 - beta1^t) else m
  v_hat <- if (bias_correction) v / (1 - beta2^t) else v
  # x <- x - lr m_hat / (sqrt(v_hat) + eps)
  x <- x - m_hat * lr / (torch_sqrt(v_hat) + eps)
  list(x = x, state = list(t = t, m = m, v = v))
}

# So many steps that 1 - beta^t is 1 in float64 for every beta below 1 - 1e-7: bias correction has worn off.
LATE_STEP <- 1e9
ADAM_FIELDS <- list(
  lr = NOT_NEGATIVE, beta1 = RATE, beta2 = RATE, eps = NOT_NEGATIVE, weight_decay = NOT_NEGATIVE, init = INIT,
  bias_correction = TRUE_OR_FALSE
)

# The library's betas are a pair; `init` and `bias_correction` are no options there but a starting state.
adam_arguments <- function(hyperparameters) {
  others <- hyperparameters[!names(hyperparameters) %in% c("beta1", "beta2", "init", "bias_correction")]
  c(others, list(betas = c(hyperparameters$beta1, hyperparameters$beta2)))
}

# The library's averages as ours start, and a count of steps so late that it corrects nothing.
adam_first_state <- function(p, group, init, bias_correction) {
  if (init != "gradient" && bias_correction) {
    return(NULL)
  }
  first <- first_average(first_gradient(p, group$weight_decay), init)$clone()
  square <- first * first
  step <- if (bias_correction) 0 else LATE_STEP
  if (engine_info()$name == "pytorch") {
    return(list(step = torch_scalar_tensor(step), exp_avg = first, exp_avg_sq = square))
  }
  # {torch}'s C++ optimizers want every part of the state, in their order, the parts that are not in use empty.
  step <- torch_tensor(step, dtype = torch_int64())
  list(exp_avg = first, exp_avg_sq = square, max_exp_avg_sq = torch_empty(0), step = step)
}

RULE_ADAM <- new_rule(
  "adam", adam,
  year = 2015,
  fields = ADAM_FIELDS,
  optim = "optim_ignite_adam",
  arguments = adam_arguments,
  first_state = adam_first_state
)
