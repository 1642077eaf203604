# evaluate_network(): the loss and the scores of a network on some data.

#' The loss and the scores of a network on some data
#'
#' In evaluation mode, without gradients; afterwards the model is in the mode in which it was.
#'
#' @param model,loss,data,scores,device As [train_network()] takes them.
#' @param batch_size How many samples go through the network at once. Means are weighted by sample, so it changes
#'   the result by rounding at most.
#' @return A list of numbers: `loss`, then the scores. Bad input stops with one line.
#' @export
#' @examplesIf has_engine()
#' data <- list(x = torch_randn(6, 4), y = torch_tensor(rep(1:2, 3)))
#' evaluate_network(tanh_network(4, 3, outputs = 2), "cross_entropy", data)
evaluate_network <- function(model, loss, data, scores = "accuracy", batch_size = 1000, device = "cpu") {
  place <- "evaluate_network()"
  given <- check_evaluation(place, model, loss, data, scores, batch_size)
  where <- as_device(place, device)
  model$to(device = where)
  data <- list(x = given$data$x$to(device = where), y = given$data$y$to(device = where))
  measure(model, given$forward, given$measures, data, batch_size)
}

# Loss and scores of what was checked, on the device of the data.
measure <- function(model, forward, measures, data, batch_size = 1000) {
  xs <- torch_split(data$x, batch_size)
  ys <- torch_split(data$y, batch_size)
  training <- model$training
  on.exit(model$train(training))
  model$eval()
  lay_out <- batch_layout(data$x)
  kept <- collector(measures)
  counting_outputs(model, with_no_grad({
    for (i in seq_along(ys)) {
      outputs <- forward(lay_out(xs[[i]]))
      kept$add(measures$loss(outputs, ys[[i]]), outputs, ys[[i]])
      collect_outputs()
    }
  }))
  means_of(kept$measured(), batch_sizes(data$y$shape[[1]], batch_size))$means
}

# How many samples each batch has.
batch_sizes <- function(samples, batch_size) pmin(batch_size, samples - seq(0, samples - 1, batch_size))

# A function that lays batches of such data out for the network: images with the channels of a pixel side by side,
# which is faster.
batch_layout <- function(x) {
  if (length(dim(x)) != 4) {
    return(identity)
  }
  format <- torch_channels_last_format()
  function(x) x$contiguous(memory_format = format)
}

# Keeps the loss of each batch and what the scores give. They stay on the device until they are all asked for: asking
# for one number would wait for it.
collector <- function(measures) {
  scores <- measures[-1]
  values <- list()
  add <- function(loss, outputs, targets) {
    values[[length(values) + 1L]] <<- c(list(loss), lapply(scores, function(score) score(outputs, targets)))
  }
  measured <- function() {
    columns <- lapply(seq_along(measures), function(i) one_column(lapply(values, `[[`, i), names(measures)[[i]]))
    values <<- list()
    stats::setNames(columns, names(measures))
  }
  list(add = add, last_loss = function() values[[length(values)]][[1]], measured = measured)
}

# What one measure gave, batch by batch, as a tensor.
one_column <- function(values, name) {
  if (all(vapply(values, function(value) (is.numeric(value) || is.logical(value)) && length(value) == 1, TRUE))) {
    return(torch_tensor(as.numeric(unlist(values)), dtype = torch_float64()))
  }
  # Shapes that differ cannot be stacked.
  made <- tryCatch(torch_stack(values), error = function(e) NULL)
  if (is.null(made) || made$numel() != length(values)) {
    gradpath_stop(paste0("scores: ", name, ": gave something else than one number; return a tensor of one element"))
  }
  made$reshape(-1)
}

# The means of measures by name, weighted by the sizes of the batches, and the losses of the batches.
means_of <- function(columns, sizes) {
  weights <- torch_tensor(sizes, dtype = torch_float64())
  columns <- lapply(columns, function(column) column$to(dtype = torch_float64())$cpu())
  means <- lapply(columns, function(column) ((column * weights)$sum() / weights$sum())$item())
  list(means = means, losses = as.numeric(columns[[1]]))
}
