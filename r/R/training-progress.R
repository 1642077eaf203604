# The progress bar of a training run.

# Ten times a second is often enough for an eye, and seldom enough to cost nothing.
SECONDS_BETWEEN <- 0.1

# A bar over all batches of all epochs, with epoch, loss and rate; nothing where there is no terminal. `$batch()`
# counts a batch and shows its loss and rate, two functions, now and then; `$close()` takes the bar away.
training_progress <- function(shown, done, epochs, batches) {
  if (!shown || !isatty(stderr())) {
    return(list(batch = function(loss, lr) NULL, close = function() NULL))
  }
  count <- done * batches
  shown_at <- -Inf
  bar <- cli::cli_progress_bar(
    format = paste(
      "epoch {cli::pb_extra$epoch}/{cli::pb_extra$epochs} {cli::pb_bar}",
      "loss {cli::pb_extra$loss}  lr {cli::pb_extra$lr} {cli::pb_eta}"
    ),
    total = epochs * batches, clear = TRUE, .auto_close = FALSE, .envir = environment(),
    extra = list(epoch = done + 1, epochs = epochs, loss = "", lr = "")
  )
  batch <- function(loss, lr) {
    count <<- count + 1
    now <- proc.time()[["elapsed"]]
    if (now - shown_at < SECONDS_BETWEEN) {
      return(NULL)
    }
    shown_at <<- now
    # On a GPU the loss is not known yet, and asking for it would wait.
    last <- loss()
    known <- last$device$type == "cpu"
    said <- list(
      epoch = min(epochs, (count - 1) %/% batches + 1), epochs = epochs,
      loss = if (known) sprintf("%.4f", last$item()) else "\u2026", lr = sprintf("%.3g", lr())
    )
    cli::cli_progress_update(set = count, extra = said, id = bar)
  }
  list(batch = batch, close = function() cli::cli_progress_done(id = bar))
}
