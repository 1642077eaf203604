# The update rules by hand: one small function per method, written to be read beside its equation.
#
# Every rule takes the point `x`, the gradient `g` there, and the `state` that its previous call returned (an
# empty list at first), and returns the next point and the next state. Nothing is changed in place. Tensors
# may have any shape and floating dtype; a hyperparameter may itself be a tensor that broadcasts against `x`,
# so that a thousand runs are one run. Constants stand on the right of tensors: see surfaces.

#' The update rules by hand
#'
#' One step of each method, as its formula says it. `SGD`: \eqn{x \leftarrow x - lr\,g}. `momentum`, in
#' PyTorch's form: \eqn{v \leftarrow momentum\,v + g}, \eqn{x \leftarrow x - lr\,v}. `nesterov`: the same
#' \eqn{v}, \eqn{x \leftarrow x - lr (g + momentum\,v)}. `adagrad`: \eqn{s \leftarrow s + g^2}, \eqn{x
#' \leftarrow x - lr\,g / (\sqrt s + eps)}. `rmsprop`: \eqn{v \leftarrow alpha\,v + (1 - alpha) g^2}, \eqn{x
#' \leftarrow x - lr\,g / (\sqrt v + eps)}. `adam`: averages \eqn{m} of \eqn{g} and \eqn{v} of \eqn{g^2}, and
#' a step in units of their ratio. `adamw`: first \eqn{x} shrinks by \eqn{lr \cdot weight\_decay}, then Adam's
#' step.
#'
#' @param x Tensor of any shape and floating dtype: the point.
#' @param g Tensor of that shape: the gradient at `x`.
#' @param state What the previous call returned as `state`; `list()` at first.
#' @param lr,momentum,alpha,beta1,beta2,eps,weight_decay Hyperparameters: numbers, or tensors that broadcast
#'   against `x`. Defaults are PyTorch's.
#' @param init Where averages start: at `"zero"` as in PyTorch, or at the first `"gradient"` (and its square).
#' @param bias_correction Whether Adam divides its averages by \eqn{1 - beta^t}.
#' @return A list of the next `x` and the next `state`.
#' @source sgd: Robbins and Monro (1951), equation (6). momentum: Polyak (1964), equation (9), where lr stands
#'   inside the velocity. nesterov: Nesterov (1983), as in Sutskever et al. (2013), equations (3) and (4).
#'   adagrad: Duchi, Hazan and Singer (2011), figure 1, diagonal form. rmsprop: Tieleman and Hinton (2012),
#'   lecture 6e, slide 29. adam: Kingma and Ba (2015), algorithm 1. adamw: Loshchilov and Hutter (2019),
#'   algorithm 2.
#' @name update_rules
#' @examplesIf has_engine()
#' x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64())
#' step <- sgd(x, g = x * 0.4, state = list(), lr = 0.5)
#' step$x
NULL

# Coupled decay: the gradient of weight_decay / 2 * |x|^2, added to g.
add_decay <- function(g, x, weight_decay) {
  if (is.numeric(weight_decay) && weight_decay == 0) g else g + x * weight_decay
}

# An average starts at zero, as in PyTorch, or at the first value that it will average.
first_average <- function(g, init) {
  if (init == "gradient") g else torch_zeros_like(g)
}

#' @rdname update_rules
#' @export
sgd <- function(x, g, state, lr = 1e-3, weight_decay = 0) {
  g <- add_decay(g, x, weight_decay)
  # x <- x - lr g
  x <- x - g * lr
  list(x = x, state = state)
}

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

#' @rdname update_rules
#' @export
adamw <- function(x, g, state, lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 1e-2,
                  init = "zero", bias_correction = TRUE) {
  # x <- x - lr weight_decay x
  x <- x * (1 - lr * weight_decay)
  adam(x, g, state, lr, beta1, beta2, eps, 0, init, bias_correction)
}

#' @rdname update_rules
#' @format `UPDATE_RULES` is the list of the rules by name.
#' @export
UPDATE_RULES <- list(
  sgd = sgd,
  momentum = momentum,
  nesterov = nesterov,
  adagrad = adagrad,
  rmsprop = rmsprop,
  adam = adam,
  adamw = adamw
)

#' Names and hyperparameters of the optimizers
#'
#' @param optimizer One of `optimizer_names()`.
#' @return `optimizer_names()` gives the names that [descend()] takes as `optimizer`;
#'   `default_hyperparameters()` a list of the hyperparameters of one, in order, with their defaults.
#' @export
#' @examples
#' optimizer_names()
#' default_hyperparameters("adam")
optimizer_names <- function() {
  names(UPDATE_RULES)
}

#' @rdname optimizer_names
#' @export
default_hyperparameters <- function(optimizer) {
  lapply(as.list(formals(UPDATE_RULES[[optimizer]]))[-(1:3)], eval)
}
