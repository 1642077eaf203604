# The reader's own parts of a training run, called and checked: what they raise is shown as theirs, in one line.
# What these functions give is what the reader's own gave, and nothing more.

#' @include refusals.R schedules-fields.R paths-objectives.R
NULL

FOR_EACH <- "let it give one row for each sample"
A_MEAN <- "let it give the mean over the samples, a tensor of one element"

# A model that is refused where it gives something else than a row for each sample.
guard_model <- function(where, model) {
  place <- paste0(where, ": model")
  function(x) {
    outputs <- call_own(place, "your model failed", model(x))
    if (!is_any_tensor(outputs)) {
      gradpath_stop(paste0(place, ": gave something else than a tensor; ", FOR_EACH))
    }
    samples <- dim(x)[[1]]
    if (!length(dim(outputs)) || dim(outputs)[[1]] != samples) {
      gradpath_stop(paste0(place, ": gave ", shape_text(dim(outputs)), " for ", samples, " samples; ", FOR_EACH))
    }
    if (model$training && !outputs$requires_grad) {
      gradpath_stop(paste0(
        place, ": gave outputs that autograd cannot follow back to its parameters; detach nothing in it"
      ))
    }
    outputs
  }
}

# A loss that is refused where it gives something else than one number, or cannot take what it is given. `name` is
# that of one of LOSSES, NULL for the reader's own.
guard_loss <- function(where, name, loss, model, data) {
  place <- paste0(where, ": loss")
  largest <- if (identical(name, "cross_entropy")) {
    lapply(Filter(has_classes, data), function(given) as.numeric(given$y$max()$item()))
  }
  function(outputs, targets) {
    if (!is.null(name)) check_outputs(where, name, outputs, targets, largest)
    value <- call_own(place, "your function failed", loss(outputs, targets))
    if (!is_any_tensor(value)) {
      gradpath_stop(paste0(place, ": gave something else than a tensor; ", A_MEAN))
    }
    if (value$numel() != 1) {
      gradpath_stop(paste0(place, ": gave ", shape_text(dim(value)), "; ", A_MEAN))
    }
    if (!value$is_floating_point()) {
      gradpath_stop(paste0(place, ": gave a tensor of ", dtype_name(value), "; let it give a floating dtype"))
    }
    if (model$training && !value$requires_grad) {
      gradpath_stop(paste0(
        place, ": gave a number that autograd cannot follow back to the outputs; compute it from them with tensor",
        " operations, detaching nothing"
      ))
    }
    value
  }
}

# Leaves the gradients of a batch's loss where the updates look for them.
leave_gradients <- function(where, updates, loss) {
  tryCatch(updates$backward(loss), error = function(problem) {
    user_failure(paste0(where, ": model"), problem, "autograd cannot differentiate your model and your loss")
  })
}

# A score that is refused where it gives something else than one number.
guard_score <- function(where, name, score) {
  place <- paste0(where, ": scores: ", name)
  function(outputs, targets) {
    value <- call_own(place, "your function failed", score(outputs, targets))
    alone <- if (is_any_tensor(value)) {
      value$numel() == 1 && !value$is_complex()
    } else {
      (is.numeric(value) || is.logical(value)) && length(value) == 1
    }
    if (!alone) {
      gradpath_stop(paste0(place, ": gave something else than one number; return a tensor of one element"))
    }
    value
  }
}

# Refuses a function that cannot be called with outputs and targets.
check_two <- function(where, field, f) {
  shown <- args(f)
  # Functions written in C do not always say what they take.
  if (is.null(shown)) {
    return(invisible())
  }
  parameters <- formals(shown)
  takes_any <- "..." %in% names(parameters)
  parameters <- parameters[names(parameters) != "..."]
  required <- sum(vapply(parameters, is_required, TRUE))
  if (required > 2 || length(parameters) < 2 && !takes_any) {
    count <- if (required > 2) required else length(parameters)
    gradpath_stop(paste0(
      where, ": ", field, ": a function of ", count, " arguments is not accepted; use one of two, outputs and targets"
    ))
  }
}

# Refuses targets that a loss of the library does not take; `name` as for guard_loss().
check_targets <- function(where, name, part, data) {
  y <- data$y
  if (identical(name, "cross_entropy")) {
    shares <- y$is_floating_point() && length(dim(y)) == 2
    if (!shares && !has_classes(data)) {
      gradpath_stop(paste0(
        where, ": ", part, ": has targets of ", dtype_name(y), ", ", shape_text(dim(y)),
        "; cross_entropy takes int64 classes, one for each sample"
      ))
    }
    if (!shares && as.numeric(y$min()$item()) < 1) {
      label <- as.numeric(y$min()$item())
      gradpath_stop(paste0(where, ": ", part, ": has a target of class ", label, "; use classes from 1"))
    }
  }
  if (identical(name, "mse") && dtype_name(y) != dtype_name(data$x)) {
    gradpath_stop(paste0(
      where, ": ", part, ": has targets of ", dtype_name(y), " and samples of ", dtype_name(data$x),
      "; mse takes one dtype for both"
    ))
  }
}

# Refuses samples and targets with numbers that are not finite.
check_finite <- function(where, part, data) {
  named <- list(samples = data$x, targets = data$y)
  for (what in names(named)) {
    tensor <- named[[what]]
    if (tensor$is_floating_point() && !torch_isfinite(tensor)$all()$item()) {
      count <- dim(tensor)[[1]]
      rows <- torch_logical_not(torch_isfinite(tensor))$reshape(c(count, -1))
      broken <- sum(as_array(rows$any(dim = 2)))
      gradpath_stop(paste0(
        where, ": ", part, ": has numbers that are not finite in ", broken, " of ", count, " ", what,
        "; use finite numbers"
      ))
    }
  }
}

check_outputs <- function(where, name, outputs, targets, largest) {
  if (name == "mse" || targets$is_floating_point()) {
    if (!identical(dim(outputs), dim(targets))) {
      gradpath_stop(paste0(
        where, ": model: gave ", shape_text(dim(outputs)), " for targets of ",
        sub("a tensor of ", "", shape_text(dim(targets)), fixed = TRUE), "; ", name, " takes one shape for both"
      ))
    }
    return(invisible())
  }
  if (length(dim(outputs)) != 2) {
    gradpath_stop(paste0(
      where, ": model: gave ", shape_text(dim(outputs)), "; cross_entropy takes a number for each sample and class"
    ))
  }
  classes <- dim(outputs)[[2]]
  for (part in names(largest)) {
    if (largest[[part]] > classes) {
      gradpath_stop(paste0(
        where, ": ", part, ": has a target of class ", largest[[part]],
        "; the model gives numbers for classes from 1 to ", classes
      ))
    }
  }
}

# A call of the reader's own: what it gives, or how it failed.
call_own <- function(where, what, call) {
  tryCatch(call, gradpath_error = function(problem) stop(problem), error = function(problem) {
    user_failure(where, problem, what)
  })
}

has_classes <- function(data) dtype_name(data$y) == "int64" && length(dim(data$y)) == 1
