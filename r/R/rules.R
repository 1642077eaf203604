# The update rules by hand: one file per method, written to be read beside its equation.
#
# Every rule takes the point `x`, the gradient `g` there, and the `state` that its previous call returned (an
# empty list at first), and returns the next point and the next state. Nothing is changed in place. Tensors
# may have any shape and floating dtype; a hyperparameter may itself be a tensor that broadcasts against `x`,
# so that a thousand runs are one run. Constants stand on the right of tensors: see surfaces.

#' @include rules-rule.R
NULL

#' The update rules by hand
#'
#' One step of each method, as its formula says it. `sgd`: \eqn{x \leftarrow x - lr\,g}. `momentum`, in
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

# What the files of the rules declare, in the order in which they were published: filled when the package is loaded.
RULES <- list()

#' @rdname update_rules
#' @format `UPDATE_RULES` is the list of the rules by name.
#' @export
UPDATE_RULES <- list()

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
