# Engine 'pytorch': optimizer objects over torch.optim. optim_ignite_adam() and optim_adam() are the same
# thing here.

#' @include engine-pytorch-functions.R
NULL

OPTIMIZER_CLASSES <- c(
  sgd = "SGD", adagrad = "Adagrad", rmsprop = "RMSprop", adam = "Adam", adamw = "AdamW",
  adadelta = "Adadelta", asgd = "ASGD", rprop = "Rprop", lbfgs = "LBFGS"
)

optimizer_verb <- function(name) {
  force(name)
  function(params, ...) {
    arguments <- list(...)
    # {torch} has no default for it, so neither has this engine.
    if (name == "sgd" && length(arguments) == 0 && !groups_name("lr", params)) {
      gradpath_stop("optim_sgd(): lr: is missing; use a finite number >= 0")
    }
    names(arguments)[names(arguments) == "lambda"] <- "lambd"
    whole <- names(arguments) %in% c("max_iter", "max_eval", "history_size")
    arguments[whole] <- lapply(arguments[whole], as.integer)
    make <- .py$torch$optim[[OPTIMIZER_CLASSES[[name]]]]
    self <- new.env(parent = emptyenv())
    self$python <- do.call(make, c(list(optimizer_params(params)), arguments))
    self$step <- self$python[["step"]]
    self$zero_grad <- self$python[["zero_grad"]]
    structure(self, class = c(paste0("optim_", name), "gradpath_optimizer", "torch_optimizer"))
  }
}

groups_name <- function(field, params) {
  is.list(params) && all(vapply(params, function(group) is.list(group) && !is.null(group[[field]]), TRUE))
}

# One tensor, a list of tensors, or a list of groups, each with `params` and its own hyperparameters.
optimizer_params <- function(params) {
  if (is_tensor(params)) {
    return(list(params))
  }
  lapply(unname(params), function(entry) {
    if (is.list(entry)) entry$params <- as_tensor_list(entry$params)
    entry
  })
}

OPTIMIZER_FIELDS <- list(
  param_groups = function(self) read_groups(get("python", envir = self)),
  defaults = function(self) lapply(from_python(.py$field(get("python", envir = self), "defaults")), unlist)
)

OPTIMIZER_METHODS <- list(
  step = function(self, closure = NULL) {
    step <- get("step", envir = self)
    if (!is.null(closure)) {
      return(from_python(step(closure)))
    }
    step()
    invisible(NULL)
  },
  zero_grad = function(self, set_to_none = TRUE) {
    get("zero_grad", envir = self)(set_to_none)
    invisible(NULL)
  },
  add_param_group = function(self, param_group) {
    get("python", envir = self)$add_param_group(optimizer_params(list(param_group))[[1]])
    invisible(NULL)
  },
  state_dict = function(self) {
    groups <- self$param_groups
    counted <- 0L
    for (i in seq_along(groups)) {
      groups[[i]]$params <- counted + seq_along(groups[[i]]$params)
      counted <- counted + length(groups[[i]]$params)
    }
    list(param_groups = groups, state = from_python(.py$state_of(get("python", envir = self))))
  },
  load_state_dict = function(self, state_dict) {
    groups <- lapply(state_dict$param_groups, function(group) {
      lapply(group[names(group) != "params"], group_value)
    })
    .py$load_state(get("python", envir = self), groups, lapply(state_dict$state, as.list))
    invisible(self)
  }
)

# Python's groups as R's lists: pairs such as betas are vectors.
read_groups <- function(python) {
  lapply(from_python(.py$groups_of(python)), function(group) {
    group$params <- as_tensor_list(group$params)
    pairs <- vapply(group, is.list, TRUE) & names(group) != "params"
    group[pairs] <- lapply(group[pairs], unlist)
    group
  })
}

group_value <- function(value) if (is.atomic(value) && length(value) > 1) as.list(value) else value

#' @export
`$.gradpath_optimizer` <- function(x, name) {
  field <- OPTIMIZER_FIELDS[[name]]
  if (!is.null(field)) {
    return(field(x))
  }
  method <- OPTIMIZER_METHODS[[name]]
  if (is.null(method)) get0(name, envir = x, inherits = FALSE) else function(...) method(x, ...)
}

# opt$param_groups[[1]]$lr <- 0.1 arrives here with all groups; what is in them is written back.
#' @export
`$<-.gradpath_optimizer` <- function(x, name, value) { # nolint: object_name_linter.
  if (name == "param_groups") {
    for (i in seq_along(value)) {
      fields <- value[[i]][names(value[[i]]) != "params"]
      .py$set_group(get("python", envir = x), i - 1L, lapply(fields, group_value))
    }
  } else {
    assign(name, value, envir = x)
  }
  invisible(x)
}

#' @export
print.gradpath_optimizer <- function(x, ...) {
  cat("<", class(x)[[1]], ">\n", sep = "")
  for (group in x$param_groups) {
    fields <- Filter(function(field) is.numeric(field) && length(field), group[names(group) != "params"])
    values <- vapply(fields, function(field) paste(format(field), collapse = " "), "")
    said <- paste(names(fields), values, collapse = ", ")
    cat("  ", length(group$params), " parameter(s): ", said, "\n", sep = "")
  }
  invisible(x)
}

OPTIMIZER_VERBS <- c(
  prefixed("optim_", names(OPTIMIZER_CLASSES), optimizer_verb),
  prefixed("optim_ignite_", c("sgd", "adagrad", "rmsprop", "adam", "adamw"), optimizer_verb),
  list(is_optimizer = function(x) inherits(x, "torch_optimizer"))
)
