# RMSProp.

#' @include rules-rule.R
NULL

#' @rdname update_rules
#' @export
rmsprop <- function(x, g, state, lr = 1e-2, alpha = 0.99, eps = 1e-8, weight_decay = 0, init = "zero") {
  g <- add_decay(g, x, weight_decay)
  v <- if (length(state)) state$v else first_average(g * g, init)
  # v <- alpha v + (1 - alpha) g^2
  v <- v * alpha + g * g * (1 - alpha)
  # x <- x - lr g / (sqrt(v) + eps)
  x <- x - g * lr / (torch_sqrt(v) + eps)
  list(x = x, state = list(v = v))
}

# `init` is no option there but a starting state.
rmsprop_arguments <- function(hyperparameters) {
  hyperparameters[names(hyperparameters) != "init"]
}

rmsprop_first_state <- function(p, group, init, bias_correction) {
  if (init != "gradient") {
    return(NULL)
  }
  first <- first_gradient(p, group$weight_decay)
  square <- first * first
  if (engine_info()$name == "pytorch") {
    return(list(step = torch_scalar_tensor(0), square_avg = square))
  }
  # {torch}'s C++ optimizers want every part of the state, in their order, the parts that are not in use empty.
  unused <- torch_empty(0)
  step <- torch_tensor(0, dtype = torch_int64())
  list(grad_avg = unused, square_avg = square, momentum_buffer = unused, step = step)
}

RULE_RMSPROP <- new_rule(
  "rmsprop", rmsprop,
  year = 2012,
  fields = list(lr = NOT_NEGATIVE, alpha = RATE, eps = NOT_NEGATIVE, weight_decay = NOT_NEGATIVE, init = INIT),
  optim = "optim_ignite_rmsprop",
  arguments = rmsprop_arguments,
  first_state = rmsprop_first_state
)
