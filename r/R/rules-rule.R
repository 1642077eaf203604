# What a rule is: its step, which hyperparameters it has, and how the library's own object is made and started.

#' @include accepted.R
NULL

# A method, as its file declares it.
#
# `step(x, g, state, lr = ..., ...)` gives the next point and state; defaults are those of its formals. Lists of
# methods are in the order of the `year` of their publication. `fields` say what each hyperparameter takes, and how a
# refusal says it. `optim` names the library's own object, `arguments()` translates our hyperparameters for it, and
# `first_state(p, group, init, bias_correction)` gives the state in which it starts as our rule does for these two
# options, given a parameter with its first gradient and its group; NULL if it does anyway.
#
# With {torch} the objects are the C++ ones: its R-written optim_sgd() and optim_rmsprop() decay towards the position
# of a parameter in its group, and optim_adamw() counts its steps in float32. With PyTorch both names mean the same.
new_rule <- function(name, step, year, fields, optim, arguments = identity,
                     first_state = function(p, group, init, bias_correction) NULL) {
  rule <- list(
    name = name, step = step, year = year, fields = fields, optim = optim, arguments = arguments,
    first_state = first_state
  )
  structure(rule, class = "gradpath_rule")
}

# Coupled decay: the gradient of weight_decay / 2 * |x|^2, added to g.
add_decay <- function(g, x, weight_decay) {
  if (is.numeric(weight_decay) && weight_decay == 0) g else g + x * weight_decay
}

# An average starts at zero, as in PyTorch, or at the first value that it will average.
first_average <- function(g, init) {
  if (init == "gradient") g else torch_zeros_like(g)
}

# What a rule averages first: the gradient of a parameter, with its coupled decay in it.
first_gradient <- function(p, weight_decay) {
  add_decay(p$grad$detach(), p$detach(), weight_decay)
}
