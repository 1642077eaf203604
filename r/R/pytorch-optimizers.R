# Engine 'pytorch': optimizer objects over torch.optim. optim_ignite_adam() and optim_adam() are the same thing here.

#' @include pytorch-functions.R
NULL

OPTIMIZER_CLASSES <- c(
  sgd = "SGD", adagrad = "Adagrad", rmsprop = "RMSprop", adam = "Adam", adamw = "AdamW", adadelta = "Adadelta",
  asgd = "ASGD", rprop = "Rprop", lbfgs = "LBFGS"
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

OPTIMIZER_METHODS <- list(
  step = function(self) {
    step <- get("step", envir = self)
    function(closure = NULL) {
      if (!is.null(closure)) {
        return(from_python(step(closure)))
      }
      step()
      invisible(NULL)
    }
  },
  zero_grad = function(self) {
    zero_grad <- get("zero_grad", envir = self)
    function(set_to_none = TRUE) {
      zero_grad(set_to_none)
      invisible(NULL)
    }
  },
  param_groups = function(self) read_groups(self$python),
  defaults = function(self) lapply(from_python(.py$field(self$python, "defaults")), unlist),
  add_param_group = function(self) function(param_group) {
    self$python$add_param_group(optimizer_params(list(param_group))[[1]])
    invisible(NULL)
  },
  state_dict = function(self) function() {
    groups <- read_groups(self$python)
    counted <- 0L
    for (i in seq_along(groups)) {
      groups[[i]]$params <- counted + seq_along(groups[[i]]$params)
      counted <- counted + length(groups[[i]]$params)
    }
    list(param_groups = groups, state = from_python(.py$state_of(self$python)))
  },
  load_state_dict = function(self) function(state_dict) {
    .py$load_state(self$python, lapply(state_dict$param_groups, function(group) {
      lapply(group[names(group) != "params"], group_value)
    }), lapply(state_dict$state, as.list))
    invisible(self)
  }
)

# Python's groups as R's lists: pairs such as betas are vectors.
read_groups <- function(python) {
  lapply(from_python(.py$groups_of(python)), function(group) {
    lapply(stats::setNames(names(group), names(group)), function(name) {
      if (name == "params") as_tensor_list(group[[name]]) else if (is.list(group[[name]])) unlist(group[[name]]) else group[[name]]
    })
  })
}

group_value <- function(value) if (is.atomic(value) && length(value) > 1) as.list(value) else value

#' @export
`$.gradpath_optimizer` <- function(x, name) {
  general <- OPTIMIZER_METHODS[[name]]
  if (!is.null(general)) general(x) else get0(name, envir = x, inherits = FALSE)
}

# opt$param_groups[[1]]$lr <- 0.1 arrives here with all groups; what is in them is written back.
#' @export
`$<-.gradpath_optimizer` <- function(x, name, value) {
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
    cat("  ", length(group$params), " parameter(s): ",
        paste0(names(fields), " ", vapply(fields, function(f) paste(format(f), collapse = " "), ""), collapse = ", "),
        "\n", sep = "")
  }
  invisible(x)
}

OPTIMIZER_VERBS <- c(
  prefixed("optim_", names(OPTIMIZER_CLASSES), optimizer_verb),
  prefixed("optim_ignite_", c("sgd", "adagrad", "rmsprop", "adam", "adamw"), optimizer_verb),
  list(is_optimizer = function(x) inherits(x, "torch_optimizer"))
)
