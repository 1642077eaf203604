# Engine 'pytorch': learning-rate schedules over torch.optim.lr_scheduler, with {torch}'s names and arguments.

SCHEDULER_CLASSES <- c(
  lr_lambda = "LambdaLR", lr_multiplicative = "MultiplicativeLR", lr_step = "StepLR",
  lr_cosine_annealing = "CosineAnnealingLR", lr_one_cycle = "OneCycleLR", lr_reduce_on_plateau = "ReduceLROnPlateau"
)

# Arguments that Python wants as int.
SCHEDULER_COUNTS <- c("step_size", "total_steps", "epochs", "steps_per_epoch", "patience", "cooldown", "T_max")

scheduler_verb <- function(name) {
  force(name)
  function(optimizer, ...) {
    arguments <- list(...)
    names <- names(arguments) %||% rep("", length(arguments))
    first <- c(lr_lambda = "lr_lambda", lr_multiplicative = "lr_lambda", lr_step = "step_size",
               lr_cosine_annealing = "T_max", lr_one_cycle = "max_lr", lr_reduce_on_plateau = "mode")[[name]]
    if (length(names) && names[[1]] == "") names[[1]] <- first
    names(arguments) <- names
    arguments <- arguments[names != "verbose"]
    for (i in seq_along(arguments)) {
      if (names(arguments)[[i]] %in% SCHEDULER_COUNTS) arguments[[i]] <- as.integer(arguments[[i]])
    }
    make <- .py$torch$optim$lr_scheduler[[SCHEDULER_CLASSES[[name]]]]
    self <- new.env(parent = emptyenv())
    self$optimizer <- optimizer
    self$python <- do.call(make, c(list(get("python", envir = optimizer)), arguments))
    structure(self, class = c(name, "gradpath_scheduler", "lr_scheduler"))
  }
}

#' @export
`$.gradpath_scheduler` <- function(x, name) {
  python <- get("python", envir = x)
  switch(name,
    optimizer = get("optimizer", envir = x),
    step = function(...) invisible(from_python(python$step(...))),
    get_last_lr = function() as.numeric(unlist(from_python(python$get_last_lr()))),
    state_dict = function() from_python(python$state_dict()),
    load_state_dict = function(state_dict) invisible(from_python(python$load_state_dict(state_dict))),
    from_python(.py$field(python, name))
  )
}

SCHEDULER_VERBS <- stats::setNames(lapply(names(SCHEDULER_CLASSES), scheduler_verb), names(SCHEDULER_CLASSES))
