# Engine 'pytorch': optimizers that update by a function of R's. PyTorch has the groups, which its schedulers change;
# the states stay in R, as they are.

#' @include engine-pytorch-optimizers.R
NULL

# `complete(group)` gives a group with every hyperparameter; `update(p, group, state, which)` updates a parameter and
# gives its next state.
pytorch_rule_optimizer <- function(groups, defaults, complete, update) {
  kept <- new.env(parent = emptyenv())
  kept$states <- list()
  # Called by PyTorch.
  take <- function() {
    remembered(each_parameter(kept$python, function(p, group, number) {
      if (is.null(p$grad)) {
        return()
      }
      key <- as.character(number)
      # Not by `$`: a state without parts is a state too.
      kept$states[[key]] <- update(p, group, kept$states[[key]], key)
    }))
    NULL
  }
  kept$python <- .py$rule_optimizer(lapply(groups, complete), defaults, take)
  self <- new.env(parent = emptyenv())
  self$python <- kept$python
  self$kept <- kept
  self$complete <- complete
  self$step <- self$python$step
  self$zero_grad <- self$python$zero_grad
  structure(self, class = c("optim_rule", "gradpath_rule_optimizer", "gradpath_optimizer", "torch_optimizer"))
}

# Calls a function with every parameter, its group, and its number, from 1 through all groups.
each_parameter <- function(python, use) {
  number <- 0L
  for (group in groups_in_r(python)) {
    for (p in group$params) {
      number <- number + 1L
      use(p, group, number)
    }
  }
}

RULE_OPTIMIZER_METHODS <- list(
  step = function(self, closure = NULL) {
    step <- get("step", envir = self)
    if (is.null(closure)) {
      as_in_r(step())
      return(invisible(NULL))
    }
    from_python(as_in_r(step(function() remembered(closure()))))
  },
  add_param_group = function(self, param_group) {
    .py$add_param_group(get("python", envir = self), get("complete", envir = self)(param_group))
  },
  state_dict = function(self) {
    dict <- .py$state_of(get("python", envir = self))
    dict$state <- lapply(get("kept", envir = self)$states, copy_of_state)
    dict
  },
  load_state_dict = function(self, state_dict) {
    kept <- get("kept", envir = self)
    .py$load_state(kept$python, list(param_groups = state_dict$param_groups, state = list()))
    states <- list()
    each_parameter(kept$python, function(p, group, number) {
      key <- as.character(number)
      if (key %in% names(state_dict$state)) {
        states[[key]] <<- copy_of_state(state_dict$state[[key]], p$device)
      }
    })
    kept$states <- states
    invisible(self)
  }
)

copy_of_state <- function(state, device = NULL) {
  lapply(state, function(value) {
    if (!is_tensor(value)) {
      return(value)
    }
    copy <- value$clone()
    if (is.null(device)) copy else copy$to(device = device)
  })
}

#' @export
`$.gradpath_rule_optimizer` <- function(x, name) {
  method <- RULE_OPTIMIZER_METHODS[[name]]
  if (is.null(method)) `$.gradpath_optimizer`(x, name) else function(...) method(x, ...)
}
