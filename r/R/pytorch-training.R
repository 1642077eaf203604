# Engine 'pytorch': the parts of training that are one call of Python where they would be a dozen. The numbers are
# the same; what is called in Python is what the verbs would call one by one.

#' @include engine-python.R
NULL

.py$training <- list()

# Their functions; what those give is R's own if `converting`, else Python's objects.
training_helpers <- function(converting = FALSE) {
  key <- if (converting) "converting" else "plain"
  if (is.null(.py$training[[key]])) {
    folder <- system.file("python", package = "gradpath")
    .py$training[[key]] <- reticulate::import_from_path("gradpath_training", path = folder, convert = converting)
  }
  .py$training[[key]]
}

# Whether a whole batch may go through Python in one call: the model, the loss and the scores are the library's, and
# no function of R has to be asked in between.
runs_in_python <- function(model, data, measures) {
  own <- list(LOSSES$cross_entropy, SCORES$accuracy)
  engine_info()$name == "pytorch" && isTRUE(attr(model, "module")$.builtin) &&
    identical(unname(measures), own[seq_along(measures)]) &&
    length(dim(data$y)) == 1 && dtype_name(data$y) == "int64"
}

batch_trainer_in_python <- function(model, data, measures, updates) {
  python <- attr(model, "module")$.python
  trainer <- training_helpers(TRUE)$BatchTrainer(python, data$x, data$y, length(measures) > 1)
  measured <- function() stats::setNames(trainer$measured(), names(measures))
  list(train = trainer$train, last_loss = trainer$last_loss, measured = measured)
}

# As end_to_end(), with the rule's operations written down in R and carried out in one call.
end_to_end_in_python <- function(parameters, rule, clip) {
  laid_out <- training_helpers(TRUE)$EndToEnd(parameters)
  run <- laid_out$run
  state <- list()
  steps <- NULL
  step <- function(hyperparameters) {
    if (!length(state) && !identical(rule, sgd)) {
      # The first call makes the state, with more than arithmetic.
      g <- clipped(laid_out$gradient(), clip)
      new <- do.call(rule, c(list(laid_out$values(), g, state), hyperparameters), quote = TRUE)
      return(take(new$state, new$x))
    }
    written <- write_rule_down(rule, state, hyperparameters)
    if (!identical(written$steps, steps)) {
      steps <<- written$steps
      do.call(laid_out$write_down, lapply(steps, as.list))
    }
    if (is.null(clip)) run(written$numbers) else run(written$numbers, clipped(laid_out$gradient(), clip))
    state <<- written$state
  }
  # The tensors of the state stay in Python, and here stands what stands for them.
  take <- function(new, x = laid_out$values()) {
    held <- vapply(new, is_tensor, TRUE)
    laid_out$take(x, unname(new[held]))
    state <<- hold_places(new, held)
  }
  whole_state <- function() {
    held <- vapply(state, inherits, TRUE, "gradpath_noted")
    state[held] <- laid_out$held()
    state
  }
  list(backward = laid_out$backward, step = step, state = whole_state, resume = take)
}

# Evaluates code in which a model's layers are called one by one from R, where each leaves its result behind. R does
# not see how large those are: they are counted, so that they are collected in time.
counting_outputs <- function(model, code) {
  if (engine_info()$name == "pytorch") {
    end <- training_helpers(TRUE)$count_outputs(attr(model, "module")$.python)
    on.exit(end())
  }
  force(code)
}

collect_outputs <- function() {
  if (engine_info()$name == "pytorch") collect_dead_tensors()
}

write_safetensors_in_python <- function(file, tensors, texts) {
  from_python(training_helpers()$write_tensors(path.expand(file), tensors, texts))
}

read_safetensors_in_python <- function(file) {
  read <- from_python(training_helpers()$read_tensors(path.expand(file)))
  list(tensors = read[[1]], texts = read[[2]])
}

# Evaluates code in which a schedule goes on before its optimizer, about which PyTorch would warn.
without_order_warning <- function(code) {
  if (engine_info()$name == "pytorch") {
    bring_back <- training_helpers(TRUE)$ignore_order_of_steps()
    on.exit(bring_back$`__call__`())
  }
  force(code)
}
