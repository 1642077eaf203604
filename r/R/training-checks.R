# What train_network() accepts: losses, scores, data, schedules.

#' @include schedules-fields.R
NULL

LOSSES <- list(
  cross_entropy = function(outputs, targets) nnf_cross_entropy(outputs, targets),
  mse = function(outputs, targets) nnf_mse_loss(outputs, targets)
)

# Refuses what train_network() does not take; gives functions and data as the training loop uses them.
check_training <- function(where, model, loss, train, validation, test, scores, epochs, batch_size, optimizer,
                           schedule, clip, seed, checkpoint, progress, method, schedule_every, watch,
                           batch_losses, fused, keep_weights, hyperparameters, name) {
  rule <- as_rule(where, optimizer, name)
  require_value(where, "seed", seed)
  require_value(where, "method", method)
  require_count(where, "epochs", epochs)
  require_count(where, "batch_size", batch_size)
  require_choice(where, "schedule_every", schedule_every, c("epoch", "batch"))
  require_flag(where, "progress", progress)
  require_flag(where, "batch_losses", batch_losses)
  require_flag(where, "keep_weights", keep_weights)
  check_fused(where, fused, method, optimizer)
  checked <- check_hyperparameters(where, rule, hyperparameters)
  check_has_rate(where, rule, schedule)
  check_clip(where, clip)
  check_checkpoint(where, checkpoint)
  measures <- c(list(loss = as_loss(where, loss)), as_scores(where, scores))
  check_model(where, model)
  parts <- c(list(train = train), Filter(Negate(is.null), list(validation = validation, test = test)))
  data <- Map(function(part, given) check_data(where, part, given, model), names(parts), parts)
  batches <- ceiling(data$train$y$shape[[1]] / batch_size)
  steps <- epochs * if (schedule_every == "batch") batches else 1
  schedule <- check_training_schedule(
    where, schedule, schedule_every, steps, watch, measures[-1], !is.null(validation)
  )
  c(check_functions(where, model, loss, measures, data), list(
    data = data, schedule = schedule, hyperparameters = checked, rule = rule
  ))
}

# Refuses what evaluate_network() does not take.
check_evaluation <- function(where, model, loss, data, scores, batch_size) {
  require_count(where, "batch_size", batch_size)
  measures <- c(list(loss = as_loss(where, loss)), as_scores(where, scores))
  check_model(where, model)
  checked <- check_data(where, "data", data, model)
  c(check_functions(where, model, loss, measures, list(data = checked)), list(data = checked))
}

# Model, and loss and scores, so that what they do wrong is refused when it happens.
check_functions <- function(where, model, loss, measures, data) {
  name <- if (!is.function(loss)) loss
  for (part in names(data)) check_targets(where, name, part, data[[part]])
  scores <- Map(function(called, score) guard_score(where, called, score), names(measures)[-1], measures[-1])
  guarded <- c(list(loss = guard_loss(where, name, measures$loss, model, data)), scores)
  list(forward = guard_model(where, model), measures = guarded)
}

# Refuses what is no module, or one whose parameters do not go together.
check_model <- function(where, model) {
  if (!is_nn_module(model)) {
    refuse(where, "model", model, "a module, such as lenet() gives")
  }
  floating <- Filter(function(p) p$is_floating_point(), unname(model$parameters))
  dtypes <- unique(vapply(floating, dtype_name, ""))
  if (length(dtypes) > 1) {
    gradpath_stop(paste0(
      where, ": model: has parameters of ", paste(dtypes, collapse = " and "), "; use one dtype for all"
    ))
  }
}

# Refuses what is neither true nor false.
require_flag <- function(where, field, value) {
  if (!isTRUE(value) && !isFALSE(value)) {
    refuse(where, field, value, "true or false")
  }
}

# Refuses what is not a whole number from 1 on.
require_count <- function(where, field, value) {
  if (!COUNT[[1]](value)) {
    refuse(where, field, value, COUNT[[2]])
  }
}

# Refuses what is not one of some names.
require_choice <- function(where, field, value, names) {
  if (!one_text_of(names)(value)) {
    refuse(where, field, value, one_of(names))
  }
}

# Whose objects can take a step in one pass over the numbers.
FUSED <- c("sgd", "momentum", "nesterov", "adagrad", "adam", "adamw")

# Refuses a fused step where there is none.
check_fused <- function(where, fused, method, optimizer) {
  require_flag(where, "fused", fused)
  if (fused && (method != "optim" || is.function(optimizer) || !optimizer %in% FUSED)) {
    refuse(where, "fused", fused, paste("false, or method optim with", one_of(FUSED)))
  }
  if (fused && engine_info()$name == "torch") {
    refuse(where, "fused", fused, "false; {torch} has no fused step")
  }
}

# Refuses what names no file.
check_checkpoint <- function(where, checkpoint) {
  if (!is.null(checkpoint) && (!is_text(checkpoint) || is.na(checkpoint) || dir.exists(checkpoint))) {
    refuse(where, "checkpoint", checkpoint, "the path of a file")
  }
}

# The function of a loss given by name or as a function.
as_loss <- function(where, loss) {
  if (is.function(loss)) {
    check_two(where, "loss", loss)
    return(loss)
  }
  if (!one_text_of(names(LOSSES))(loss)) {
    refuse(where, "loss", loss, paste0(one_of(names(LOSSES)), ", or a function of outputs and targets"))
  }
  LOSSES[[loss]]
}

# The score functions by name.
as_scores <- function(where, scores) {
  if (is.list(scores) && !is.null(names(scores))) {
    return(check_score_functions(where, scores))
  }
  for (name in if (is.null(scores) || is.function(scores)) list(scores) else as.list(scores)) {
    if (!one_text_of(names(SCORES))(name)) {
      refuse(where, "scores", name, paste0(one_of(names(SCORES)), ", or functions by name"))
    }
  }
  SCORES[unique(unlist(scores))]
}

# What other columns of a table, and of a checkpoint, are called.
TAKEN <- c("loss", "epoch", "seconds", "lr", "batch_losses")

check_score_functions <- function(where, scores) {
  called <- names(scores)
  for (i in seq_along(scores)) {
    if (!grepl("^[A-Za-z][A-Za-z0-9_]*$", called[[i]]) || called[[i]] %in% c(TAKEN, called[seq_len(i - 1)])) {
      accepted <- paste("a word of letters, digits and _, none of", paste(TAKEN, collapse = ", "))
      refuse(where, "scores, name", called[[i]], accepted)
    }
    field <- paste0("scores, '", called[[i]], "'")
    if (!is.function(scores[[i]])) {
      refuse(where, field, scores[[i]], "a function of outputs and targets")
    }
    check_two(where, field, scores[[i]])
  }
  scores
}

# Data whose samples and targets belong together and fit the model's dtype.
check_data <- function(where, part, data, model) {
  x <- if (is.list(data)) data[["x"]]
  y <- if (is.list(data)) data[["y"]]
  if (!is_any_tensor(x) || !is_any_tensor(y)) {
    refuse(where, part, data, "data with tensors x and y, such as fashion_mnist() gives")
  }
  counts <- c(x$shape[1], y$shape[1])
  if (anyNA(counts) || counts[[1]] != counts[[2]] || counts[[1]] == 0) {
    counts[is.na(counts)] <- 0L
    gradpath_stop(sprintf(
      "%s: %s: has %d samples and %d targets; use as many, and at least one", where, part, counts[[1]], counts[[2]]
    ))
  }
  first <- Find(function(p) p$is_floating_point(), model$parameters)
  if (!is.null(first) && dtype_name(x) != dtype_name(first)) {
    gradpath_stop(paste0(
      where, ": ", part, ": is ", dtype_name(x), " and the model is ", dtype_name(first),
      "; use the same dtype for both"
    ))
  }
  check_finite(where, part, data)
  data
}

is_any_tensor <- function(value) inherits(value, c("torch_tensor", "torch.Tensor"))

DTYPE_NAMES <- c(
  "float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"
)

# The name of a tensor's dtype, as Python writes it.
dtype_name <- function(tensor) {
  own <- tensor$dtype
  Find(function(name) isTRUE(own == engine_verb(paste0("torch_", name))()), DTYPE_NAMES) %||% "another dtype"
}

# The schedule, checked; a plateau may watch validation only, once per epoch.
check_training_schedule <- function(where, schedule, schedule_every, steps, watch, scores, has_validation) {
  watchable <- paste0("validation_", c("loss", names(scores)))
  if (is.character(watch) && length(watch) == 1 && startsWith(watch, "test")) {
    accepted <- paste0(one_of(watchable), "; what the test data say may not decide anything")
    refuse(where, "watch", watch, accepted)
  }
  require_choice(where, "watch", watch, watchable)
  checked <- check_path_schedule(where, schedule, steps, schedule_parameters())
  if (is.list(checked) && checked$name == "plateau") {
    if (!has_validation) {
      gradpath_stop(paste0(
        where, ": validation: is missing; a plateau watches validation data, not training or test data"
      ))
    }
    if (schedule_every != "epoch") {
      refuse(where, "schedule_every", schedule_every, "epoch; a plateau goes on once per epoch")
    }
  }
  guard_schedule(checked, where)
}

# Writes a setting for a record: functions by what they are, lists as they are.
describe <- function(value) {
  if (is.function(value)) {
    return("a function")
  }
  if (is.list(value) || is.atomic(value) && length(value) > 1) {
    return(lapply(as.list(value), describe))
  }
  if (is.atomic(value)) value else show_value(value)
}
