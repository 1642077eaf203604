# A rule as an optimizer object of the library: for any training loop, with its groups, schedulers and closures.

#' @include rules-own_rule.R hyperparameters.R
NULL

#' A rule as an optimizer object
#'
#' @param optimizer A rule of one's own, as [descend()] takes it; or a name of [optimizer_names()], whose rule by
#'   hand is used.
#' @param parameters A tensor, or a list of tensors: leaves that require gradients; or a list of groups,
#'   `list(params = list(...), lr = 0.1)`, each with hyperparameters of its own.
#' @param ... Hyperparameters, for the groups that have none of their own; defaults as in the rule's formals.
#' @return An optimizer, as {torch}'s `optimizer()` makes them, with either engine: `$step()`, with a closure or
#'   without, updates each parameter that has a gradient by one call of the rule; `$zero_grad()`, `$param_groups`,
#'   `$add_param_group()`, `$state_dict()` and `$load_state_dict()` are the library's, and `lr_step()` and the other
#'   schedulers take it. The rule's state is kept by parameter, as it is. What is no rule, and an unknown or missing
#'   hyperparameter, is refused with one line; a rule that does something wrong at that `$step()`, with its name and
#'   the number of the step.
#' @export
#' @examplesIf has_engine()
#' sign_descent <- function(x, g, state, lr = 0.1) list(x = x - g$sign() * lr, state = state)
#' x <- torch_tensor(c(5.1, 2.3), requires_grad = TRUE)
#' opt <- as_optimizer(sign_descent, x, lr = 0.5)
#' (x^2)$sum()$backward()
#' opt$step()
#' x
as_optimizer <- function(optimizer, parameters, ...) {
  where <- "as_optimizer()"
  rule <- as_rule(where, optimizer, name_of(substitute(optimizer)))
  rule_optimizer(where, rule, parameters, list(...))
}

# The optimizer object of a rule: the library's own where it has one.
optimizer_of <- function(where, rule, parameters, hyperparameters) {
  if (is_own_rule(rule)) {
    return(rule_optimizer(where, rule, parameters, hyperparameters))
  }
  do.call(make_optimizer, c(list(rule$name, parameters), hyperparameters), quote = TRUE)
}

# An optimizer object that updates by a rule.
rule_optimizer <- function(where, rule, parameters, hyperparameters) {
  given <- names(hyperparameters) %||% rep("", length(hyperparameters))
  for (i in seq_along(hyperparameters)) require_hyperparameter(where, rule, given[[i]], hyperparameters[[i]])
  defaults <- if (is_own_rule(rule)) rule$defaults else default_hyperparameters(rule$name)
  defaults[given] <- hyperparameters
  # A group with every hyperparameter, checked.
  complete <- function(group) {
    own <- group[names(group) != "params"]
    all <- defaults
    all[names(own)] <- own
    params <- if (is_any_tensor(group$params)) list(group$params) else unname(group$params)
    c(list(params = params), check_hyperparameters(where, rule, all))
  }
  if (is_any_tensor(parameters)) parameters <- list(parameters)
  groups <- if (length(parameters) && !is_any_tensor(parameters[[1]])) parameters else list(list(params = parameters))
  make <- if (engine_info()$name == "torch") torch_rule_optimizer else pytorch_rule_optimizer
  make(unname(groups), defaults, complete, parameter_update(rule))
}

# Updates a parameter by the rule, given its group, the rule's state and which parameter it is; gives the next state.
parameter_update <- function(rule) {
  steps <- list()
  function(p, group, state, which) {
    x <- p$detach()
    g <- p$grad
    step <- rule$step
    if (is_own_rule(rule)) {
      # It may keep what it is given in its state; the parameter and its gradient change in place.
      x <- x$clone()
      g <- g$clone()
      if (is.null(steps[[which]])) steps[[which]] <<- rule$again()
      step <- steps[[which]]
    }
    hyperparameters <- group[intersect(names(rule$fields), names(group))]
    made <- do.call(step, c(list(x, g, state %||% list()), hyperparameters), quote = TRUE)
    p$copy_(made$x)
    made$state
  }
}

# What methods of a class of {torch}'s see.
utils::globalVariables(c("self", "super", "private"))

# With {torch}: a class of its own kind of optimizers.
torch_rule_optimizer <- function(groups, defaults, complete, update) {
  make <- engine_verb("optimizer")(
    "optim_rule",
    initialize = function(params, defaults) super$initialize(params, defaults),
    add_param_group = function(param_group) super$add_param_group(complete(param_group)),
    # As the library's C++ objects, and PyTorch, do.
    zero_grad = function(set_to_none = TRUE) super$zero_grad(set_to_none),
    step = function(closure = NULL) {
      private$step_helper(closure, function(group, param, g, p) {
        self$state$set(param, update(param, group, self$state$get(param), paste(g, p)))
      })
    },
    parent_env = environment()
  )
  make(groups, defaults)
}
