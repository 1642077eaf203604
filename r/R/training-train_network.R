# train_network(): a network, its data, and any optimizer and schedule of the toolkit, by hand or by optim.

#' Train a network
#'
#' The model is trained in place.
#'
#' @param model A module with parameters of the data's dtype. It is moved to `device` before the optimizer is made.
#' @param loss `"cross_entropy"`, `"mse"`, or a function of outputs and targets that gives the mean over the samples
#'   of a batch as a tensor of one element.
#' @param train A list with tensors `x` of shape (n, ...) and `y` with n targets, such as [fashion_mnist()] gives.
#' @param validation,test The same, or `NULL`. Measured after each epoch, in evaluation mode. Only validation may
#'   decide anything.
#' @param scores What is measured beside the loss: names of [SCORES], or a list of functions by name, each of
#'   outputs and targets, that give the mean over the samples of a batch. An error in one of them ends the run.
#' @param epochs,batch_size At least 1. The last batch of an epoch may be smaller.
#' @param optimizer One of [optimizer_names()], or a rule of one's own, as [descend()] takes it. It is called once for
#'   each parameter; a look at what it gives makes a GPU wait each time.
#' @param schedule As [descend()] takes it, starting from `lr`; t counts epochs, or batches, from 0.
#' @param clip `list(norm = 1)` or `list(value = 0.5)`: the gradients are clipped before each update.
#' @param device `"cpu"`, `"cuda"` or `"cuda:N"`. The data moves there once, as a whole.
#' @param seed Of the order of the data and of dropout. The initial weights are the model's own.
#' @param checkpoint A file that is written after each epoch, whole or not at all. If it exists the run goes on from
#'   it, and gives what it would have given without the interruption, on the CPU to the last bit.
#' @param progress Show a bar with loss and rate, where standard error is a terminal.
#' @param method `"optim"`, the library's optimizer object, or `"manual"`, the update rule written out; for a
#'   rule of one's own the object is that of [as_optimizer()].
#' @param schedule_every When the schedule goes on: `"epoch"` or `"batch"`.
#' @param watch What a plateau watches: `"validation_loss"`, or `"validation_"` and the name of a score.
#' @param batch_losses Keep the loss of every batch, in the attribute `batch_losses`.
#' @param fused Take each step of the library's object in one pass over the numbers: faster, with other last digits.
#'   Only with engine `pytorch`, by method `"optim"`, and not for rmsprop.
#' @param keep_weights Keep the weights before the first epoch and after each one, in the attribute `weights`: a list
#'   of vectors as [flat_weights()] gives them, for [project_path()].
#' @param ... Hyperparameters: `lr`, `momentum`, and so on, as the optimizer has them.
#' @return A data frame with one row per epoch: `epoch` (from 1), `seconds`, `lr` (the rate of the epoch's first
#'   update; `NaN` for a rule of one's own without `lr`), `train_loss` and the training scores (means over the
#'   epoch's batches, weighted by their samples, as they were met, while the weights changed), then
#'   `validation_loss`, `test_loss` and their scores. Its attributes are the settings, language, engine,
#'   engine_version and status: `"finished"`, or `"diverged in epoch k, batch b"`; the table then ends before that
#'   epoch. With a rule of one's own, optimizer is its name, and `rule_source` as in [descend()]; a checkpoint of a
#'   rule with another source is one of other settings. Bad input stops with one line; asking a plateau to watch the
#'   test data is refused.
#' @export
#' @examplesIf has_engine()
#' data <- list(x = torch_randn(60, 4), y = torch_tensor(rep(1:2, 30)))
#' train_network(tanh_network(4, 3, outputs = 2), "cross_entropy", data, epochs = 2, batch_size = 16)
train_network <- function(model, loss, train, validation = NULL, test = NULL,
                          scores = "accuracy", epochs = 10, batch_size = 256, optimizer = "adamw", schedule = NULL,
                          clip = NULL, device = "cpu", seed = 0, checkpoint = NULL, progress = TRUE, method = "optim",
                          schedule_every = "epoch", watch = "validation_loss", batch_losses = FALSE, fused = FALSE,
                          keep_weights = FALSE, ...) {
  place <- "train_network()"
  # Everything that may be refused is refused here, and nothing in it makes a number.
  given <- check_training(
    place, model, loss, train, validation, test, scores, epochs, batch_size, optimizer, schedule, clip, seed,
    checkpoint, progress, method, schedule_every, watch, batch_losses, fused, keep_weights, list(...),
    name = name_of(substitute(optimizer))
  )
  measures <- given$measures
  data <- given$data
  schedule <- given$schedule
  checked <- given$hyperparameters
  batches <- ceiling(data$train$y$shape[[1]] / batch_size)
  per_batch <- schedule_every == "batch"
  steps_per_epoch <- if (per_batch) batches else 1
  where <- as_device(place, device)

  prints <- if (is.null(checkpoint)) list() else lapply(data, data_fingerprint)
  move_model(model, where)
  data <- lapply(data, function(given) list(x = given$x$to(device = where), y = given$y$to(device = where)))
  updates <- make_updates(place, model, method, given$rule, checked, schedule, clip, fused)
  rule <- given$rule
  named <- c(list(optimizer = rule$name), if (is_own_rule(rule)) list(rule_source = rule$source))
  settings <- c(named, checked, list(
    schedule = describe(schedule), schedule_every = schedule_every, watch = watch, clip = clip,
    loss = describe(loss), scores = as.list(names(measures)[-1]), batch_size = batch_size,
    batch_losses = batch_losses, method = method, fused = fused, keep_weights = keep_weights, seed = seed,
    device = where$type, dtype = dtype_name(data$train$x)
  ), how_many(data))
  known <- c(settings, stats::setNames(prints, sprintf("%s data", names(prints))))

  before <- rng_state(where)
  on.exit(set_rng_state(before, where))
  torch_manual_seed(seed)
  run <- training_run(checkpoint, known, model, updates, where, measure_columns(measures, data))
  done <- run$resume(place, watch, steps_per_epoch, epochs)
  bar <- training_progress(progress, done, epochs, batches)
  on.exit(bar$close(), add = TRUE)
  train_epoch <- epoch_trainer(model, given$forward, data$train, measures, updates, batch_size, bar)
  for (epoch in done + seq_len(epochs - done)) {
    started <- proc.time()[["elapsed"]]
    row <- c(epoch = epoch, seconds = 0, lr = updates$lr())
    # A schedule goes on only where an update follows: it may have as many rates as there are updates.
    follows <- if (epoch < epochs) batches else batches - 1
    measured <- train_epoch(if (per_batch) follows else 0)
    if (batch_losses) run$keep(measured$losses)
    if (run$is_broken(epoch, measured$losses)) break
    row <- c(row, named_as("train", measured$means), measure_others(model, given$forward, data, measures))
    row[["seconds"]] <- proc.time()[["elapsed"]] - started
    run$add(row)
    if (!per_batch && epoch < epochs) updates$step_schedule(as.list(row)[[watch]])
    run$save()
  }

  settings$device <- device
  run$table(settings, batch_losses)
}

measure_columns <- function(measures, data) {
  c(outer(names(measures), names(data), function(measure, part) paste0(part, "_", measure)))
}

# What is measured after an epoch: everything of all data but those for training.
measure_others <- function(model, forward, data, measures) {
  parts <- data[names(data) != "train"]
  unlist(unname(Map(function(part, given) {
    named_as(part, measure(model, forward, measures, given))
  }, names(parts), parts)))
}

# A function that trains one epoch, in which the schedule goes on so many times, and gives the means and the losses
# of its batches.
epoch_trainer <- function(model, forward, data, measures, updates, batch_size, bar) {
  samples <- data$y$shape[[1]]
  batch <- batch_trainer(forward, data, measures, updates)
  function(schedule_steps) {
    model$train()
    # Drawn on the CPU: the same order on every device, and in both languages.
    order <- (torch_randperm(samples, dtype = torch_int64()) + 1L)$to(device = data$y$device)
    indices <- torch_split(order, batch_size)
    counting_outputs(model, for (number in seq_along(indices)) {
      batch$train(indices[[number]])
      updates$step()
      bar$batch(batch$last_loss, updates$lr)
      if (number <= schedule_steps) updates$step_schedule(NULL)
    })
    means_of(batch$measured(), batch_sizes(samples, batch_size))
  }
}

# `$train(index)` computes the gradients of the batch at these positions and what is measured of it, `$last_loss()`
# is its loss, and `$measured()` gives, by name, what was measured of all batches since it was last asked.
batch_trainer <- function(forward, data, measures, updates) {
  lay_out <- batch_layout(data$x)
  kept <- collector(measures)
  train <- function(index) {
    x <- lay_out(torch_index_select(data$x, 1, index))
    y <- torch_index_select(data$y, 1, index)
    outputs <- forward(x)
    loss <- measures$loss(outputs, y)
    leave_gradients("train_network()", updates, loss)
    kept$add(loss$detach(), outputs$detach(), y)
  }
  list(train = train, last_loss = kept$last_loss, measured = kept$measured)
}

# Moves a model; images run faster through kernels that lie as batch_layout() lays the images.
move_model <- function(model, device) {
  model$to(device = device)
  for (p in model$parameters) {
    if (length(dim(p)) == 4) {
      with_no_grad(p$set_data(p$detach()$to(memory_format = torch_channels_last_format())))
    }
  }
}

named_as <- function(part, measured) stats::setNames(unlist(measured), paste0(part, "_", names(measured)))

how_many <- function(data) {
  samples <- lapply(data, function(given) given$y$shape[[1]])
  stats::setNames(samples, paste(names(data), "samples"))
}
