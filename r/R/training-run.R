# One training run as far as it has come: what was measured, how it stands, and its checkpoint.

# A run, from its first epoch or from where its checkpoint left it: a list of functions. `$resume()` goes on from the
# checkpoint, if there is one, and says how many epochs are done; `$add(row)` adds what was measured of an epoch, and
# `$keep(losses)` the losses of its batches, `$is_broken(epoch, losses)` says whether one of them is no longer finite;
# `$save()` writes the checkpoint, if there is to be one; `$table(settings, batch_losses)` is one row per epoch.
training_run <- function(file, known, model, updates, device, measures) {
  columns <- lapply(stats::setNames(nm = c("epoch", "seconds", "lr", measures)), function(name) numeric())
  kept <- numeric()
  weights <- list()
  status <- "finished"
  keep_weights <- function() {
    if (known$keep_weights) weights[[length(weights) + 1L]] <<- flat_weights(model)
  }
  resume <- function(where, watch, steps_per_epoch, epochs) {
    if (is.null(file) || !file.exists(file)) {
      keep_weights()
      return(0)
    }
    saved <- load_checkpoint(file, known)
    put_weights(model, saved$model, where, file)
    kept <<- as.numeric(saved$results$batch_losses)
    if (!is.null(saved$results[["weights"]])) weights <<- torch_unbind(saved$results[["weights"]], 1)
    columns <<- lapply(saved$results[names(columns)], as.numeric)
    resume_updates(updates, saved, columns[[watch]], steps_per_epoch, epochs * steps_per_epoch - 1)
    set_rng_state(saved$rng, device)
    done <- length(columns$epoch)
    if (done > epochs) {
      refuse(where, "epochs", epochs, sprintf("a whole number >= %d, the epochs that the checkpoint has", done))
    }
    done
  }
  is_broken <- function(epoch, losses) {
    broken <- which(!is.finite(losses))
    if (length(broken)) {
      status <<- sprintf("diverged in epoch %d, batch %d", as.integer(epoch), broken[[1]])
    }
    length(broken) > 0
  }
  save <- function() {
    if (is.null(file)) {
      return(invisible())
    }
    results <- lapply(c(columns, list(batch_losses = kept)), torch_tensor, dtype = torch_float64())
    if (length(weights)) results$weights <- torch_stack(weights)
    save_checkpoint(file, list(
      settings = known, model = weights_of(model), updates = updates$state(), rng = rng_state(device),
      results = results
    ))
  }
  table <- function(settings, batch_losses) {
    if (batch_losses) settings$batch_losses <- kept
    if (length(weights)) settings$weights <- weights
    rows <- data.frame(columns, check.names = FALSE)
    rows$epoch <- as.integer(rows$epoch)
    engine <- engine_info()
    ran <- list(language = "r", engine = engine$name, engine_version = engine$version, status = status)
    attributes(rows) <- c(attributes(rows), settings, ran)
    rows
  }
  list(
    resume = resume, is_broken = is_broken, save = save, table = table,
    add = function(row) {
      columns <<- Map(c, columns, row[names(columns)])
      keep_weights()
    },
    keep = function(losses) kept <<- c(kept, losses)
  )
}

# Goes on with updates after as many steps of the schedule as the run has made. The last update of all has none
# after it, unless more epochs are asked for.
resume_updates <- function(updates, saved, watched, steps_per_epoch, most_steps) {
  metrics <- as.list(watched)
  if (!length(metrics)) metrics <- rep(list(NULL), length(saved$results$epoch))
  updates$resume(saved$updates, utils::head(rep(metrics, each = steps_per_epoch), most_steps))
}
