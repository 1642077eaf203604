# Engine 'pytorch': optimizer objects over torch.optim, and schedules over torch.optim.lr_scheduler.
# optim_ignite_adam() and optim_adam() are the same thing here.

optimizer_verb <- function(verb) {
  name <- sub("^optim_(ignite_)?", "", verb)
  make <- .py$maker("optim", name)
  function(params, ...) {
    # {torch} has no default for it, so neither has this engine.
    own_rate <- function(group) is.list(group) && !is.null(group$lr)
    if (name == "sgd" && ...length() == 0 && !(is.list(params) && all(vapply(params, own_rate, TRUE)))) {
      gradpath_stop("optim_sgd(): lr: is missing; use a finite number >= 0")
    }
    self <- new.env(parent = emptyenv())
    self$python <- make(.py$optimizer_params(params), ...)
    self$step <- self$python$step
    self$zero_grad <- self$python$zero_grad
    structure(self, class = c(paste0("optim_", name), "gradpath_optimizer", "torch_optimizer"))
  }
}

#' @export
`$.gradpath_optimizer` <- function(x, name) {
  python <- get("python", envir = x)
  switch(name,
    param_groups = groups_in_r(python),
    add_param_group = function(param_group) .py$add_param_group(python, param_group),
    state_dict = function() .py$state_of(python),
    load_state_dict = function(state_dict) .py$load_state(python, state_dict),
    # step() and zero_grad(), and what somebody else put here.
    get0(name, envir = x, inherits = FALSE)
  )
}

# The groups of an optimizer of PyTorch's.
groups_in_r <- function(python) {
  lapply(.py$groups_of(python), function(group) {
    if (is_tensor(group$params)) group$params <- list(group$params)
    group
  })
}

# opt$param_groups[[1]]$lr <- 0.1 arrives here with all groups; what is in them is written back.
#' @export
`$<-.gradpath_optimizer` <- function(x, name, value) { # nolint: object_name_linter.
  if (name == "param_groups") {
    .py$set_groups(get("python", envir = x), lapply(value, function(group) group[names(group) != "params"]))
  } else {
    assign(name, value, envir = x)
  }
  invisible(x)
}

#' @export
print.gradpath_optimizer <- function(x, ...) {
  cat("<", class(x)[[1]], ">\n", sep = "")
  invisible(x)
}

scheduler_verb <- function(verb) {
  make <- .py$maker("lr", paste0(sub("^lr_", "", verb), "_lr"))
  function(optimizer, ..., verbose = FALSE) {
    self <- new.env(parent = emptyenv())
    self$optimizer <- optimizer
    python <- get("python", envir = optimizer)
    self$python <- as_in_r(do.call(make, c(list(python), lapply(list(...), function_of_r))))
    # The schedule wraps the optimizer's step(), to notice when it is called before it.
    assign("step", python$step, envir = optimizer)
    structure(self, class = c(verb, "gradpath_scheduler", "lr_scheduler"))
  }
}

# A function, or a list of them, that Python can call. An error of it comes back as an error of Python, with a text
# and no class: it is remembered on its way there, and raised again where it comes back.
function_of_r <- function(value) {
  if (is.list(value)) {
    return(lapply(value, function_of_r))
  }
  if (!is.function(value)) {
    return(value)
  }
  function(epoch) remembered(value(epoch))
}

remembered <- function(code) {
  tryCatch(code, error = function(problem) {
    .py$problem <- problem
    stop(problem)
  })
}

as_in_r <- function(code) {
  .py$problem <- NULL
  tryCatch(code, error = function(problem) stop(.py$problem %||% problem))
}

#' @export
`$.gradpath_scheduler` <- function(x, name) {
  python <- get("python", envir = x)
  switch(name,
    optimizer = get("optimizer", envir = x),
    step = function(...) invisible(as_in_r(python$step(...))),
    get_last_lr = function() as.numeric(unlist(python$get_last_lr())),
    load_state_dict = function(state_dict) .py$load_schedule(python, state_dict),
    .py$field(python, name)
  )
}

# Evaluates code in which a schedule goes on before its optimizer, about which PyTorch would warn.
without_order_warning <- function(code) {
  if (engine_info()$name == "pytorch") {
    bring_back <- .py$ignore_order_of_steps()
    on.exit(bring_back())
  }
  force(code)
}
