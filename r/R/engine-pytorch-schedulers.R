# Engine 'pytorch': learning-rate schedules over torch.optim.lr_scheduler, with {torch}'s names and arguments.

SCHEDULER_CLASSES <- c(
  lr_lambda = "LambdaLR", lr_multiplicative = "MultiplicativeLR", lr_step = "StepLR",
  lr_cosine_annealing = "CosineAnnealingLR", lr_one_cycle = "OneCycleLR",
  lr_reduce_on_plateau = "ReduceLROnPlateau"
)

# Arguments that Python wants as int.
SCHEDULER_COUNTS <- c(
  "step_size", "total_steps", "epochs", "steps_per_epoch", "patience", "cooldown", "T_max"
)

# The arguments after the optimizer, in {torch}'s order.
SCHEDULER_ARGUMENTS <- list(
  lr_lambda = "lr_lambda last_epoch", lr_multiplicative = "lr_lambda last_epoch",
  lr_step = "step_size gamma last_epoch", lr_cosine_annealing = "T_max eta_min last_epoch",
  lr_one_cycle = "max_lr total_steps epochs steps_per_epoch pct_start anneal_strategy cycle_momentum
    base_momentum max_momentum div_factor final_div_factor last_epoch",
  lr_reduce_on_plateau = "mode factor patience threshold threshold_mode cooldown min_lr eps"
)

scheduler_verb <- function(name) {
  force(name)
  known <- scan(text = SCHEDULER_ARGUMENTS[[name]], what = "", quiet = TRUE)
  function(optimizer, ...) {
    arguments <- list(...)
    arguments$verbose <- NULL
    names <- names(arguments) %||% rep("", length(arguments))
    names[names == ""] <- setdiff(known, names)[seq_len(sum(names == ""))]
    counts <- names %in% SCHEDULER_COUNTS & !vapply(arguments, is.null, TRUE)
    arguments[counts] <- lapply(arguments[counts], as.integer)
    arguments <- lapply(arguments, function_of_r)
    make <- .py$torch$optim$lr_scheduler[[SCHEDULER_CLASSES[[name]]]]
    python <- get("python", envir = optimizer)
    self <- new.env(parent = emptyenv())
    self$optimizer <- optimizer
    self$python <- as_in_r(do.call(make, c(list(python), stats::setNames(arguments, names))))
    # The schedule wraps the optimizer's step(), to notice when it is called before it.
    assign("step", python$step, envir = optimizer)
    structure(self, class = c(name, "gradpath_scheduler", "lr_scheduler"))
  }
}

# A function, or a list of them, that Python can call: it hands over its own number of the epoch.
function_of_r <- function(value) {
  if (is.list(value)) {
    return(lapply(value, function_of_r))
  }
  if (is.function(value)) function(epoch) remembered(value(from_python(epoch))) else value
}

# An error of a function of R that Python calls comes back as an error of Python, with a text and no class: it is
# remembered on its way there, and raised again where it comes back.
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
    step = function(...) invisible(from_python(as_in_r(python$step(...)))),
    get_last_lr = function() as.numeric(unlist(from_python(python$get_last_lr()))),
    state_dict = function() from_python(python$state_dict()),
    load_state_dict = function(state_dict) invisible(python$load_state_dict(with_lists(state_dict))),
    from_python(.py$field(python, name))
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

# R has one number where Python had a list of one per parameter group.
with_lists <- function(state) {
  for (name in intersect(names(state), c("base_lrs", "_last_lr", "min_lrs", "lr_lambdas"))) {
    state[[name]] <- as.list(state[[name]])
  }
  state
}

SCHEDULER_VERBS <- stats::setNames(lapply(names(SCHEDULER_CLASSES), scheduler_verb), names(SCHEDULER_CLASSES))
