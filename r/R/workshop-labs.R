# Trains the networks of the declared labs.

#' @include data-datasets.R networks.R workshop-lab_declarations.R
NULL

LAB_DATA <- list(fashion_mnist = fashion_mnist, digits = digits)
# Measured once, when a run has ended: in the last row of a run, and empty in the others.
TEST_NUMBERS <- c("test_loss", "test_accuracy")
LAB_NUMBERS <- c("lr", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy", TEST_NUMBERS)

# The line of a table's record that says how a run ended.
status_key <- function(run, seed) sprintf("status of %s, seed %.15g", run, seed)

#' Train and draw the declared labs
#'
#' `run_labs()` trains every run of the declared labs on the CPU and writes one table per lab,
#' `training/<size>/<lab>.r-<engine>.csv`: run, seed, epoch, lr, loss and accuracy of training and validation
#' data after each epoch, and of the test data once, in the last row of a run that finished; under a record of
#' versions and of how each run ended. `draw_labs()` draws the labs from their tables, {torch}'s where there is
#' one, light and dark, as `training/<size>/<lab>-r-light.svg` and so on.
#'
#' @param file The declaration, as [read_labs()] reads it.
#' @param folder Gets the tables and the pictures.
#' @param size `"quick"` or `"full"`. The quick size runs on one thread: the same sums, and so the same bytes,
#'   every time.
#' @param labs Ids; all labs if left out.
#' @param progress A function that is called with a line for every run, or the id of every lab that is drawn.
#' @param checkpoints A folder that gets a checkpoint of every run: `run_labs()` called again goes on where it
#'   was stopped.
#' @return The files that were written. A bad declaration, an unknown lab or size, or data that are not on
#'   this machine or too few stop with one line, before anything is written.
#' @export
run_labs <- function(file, folder, size = "quick", labs = NULL, progress = NULL, checkpoints = NULL) {
  require_choice("run_labs()", "size", size, LAB_SIZES)
  chosen <- Filter(function(lab) size %in% names(lab$sizes), choose_entries("labs", read_labs(file), labs))
  sets <- list()
  parts <- lapply(chosen, function(lab) {
    set <- paste(lab$data, lab$dtype)
    if (is.null(sets[[set]])) sets[[set]] <<- LAB_DATA[[lab$data]](dtype = lab$dtype)
    take_parts(sets[[set]], lab, size)
  })
  threads <- torch_get_num_threads()
  on.exit(torch_set_num_threads(threads))
  if (size == "quick") torch_set_num_threads(1)
  ending <- paste0(".r-", engine_info()$name, ".csv")
  written <- Map(function(lab, data) {
    own <- if (!is.null(checkpoints)) file.path(checkpoints, size, lab$id)
    done <- run_lab(lab, size, data, own, progress)
    target <- file.path(folder, "training", size, paste0(lab$id, ending))
    write_table(target, done$table, done$record)
    target
  }, chosen, parts)
  as.character(unlist(written))
}

# The data of a lab: the first samples to learn from, the last ones of the same part to decide with.
take_parts <- function(data, lab, size) {
  has <- lab$sizes[[size]]
  samples <- data$train$y$shape[[1]]
  rest <- samples - has$validation
  list(
    train = take_data(data_rows(data$train, 1, rest), has$train),
    validation = data_rows(data$train, rest + 1, has$validation),
    test = take_data(data$test, has$test)
  )
}

run_lab <- function(lab, size, data, checkpoints, progress) {
  record <- c(made_by(), list(
    dtype = lab$dtype,
    seed = paste(sprintf("%.15g", lab$sizes[[size]]$seeds), collapse = ", "),
    threads = as.character(torch_get_num_threads())
  ))
  columns <- c("run", "seed", "epoch", LAB_NUMBERS)
  tables <- lapply(lab$runs, function(run) {
    by_seed <- lapply(lab$sizes[[size]]$seeds, function(seed) {
      table <- train_run(lab, run, seed, size, data, checkpoints)
      status <- attr(table, "status")
      record[[status_key(run$id, seed)]] <<- status
      if (!is.null(progress)) progress(sprintf("%s, %s, seed %.15g: %s", lab$id, run$id, seed, status))
      # A run that diverged at once has no rows, and no columns for them.
      if (nrow(table)) data.frame(run = run$id, seed = as.integer(seed), table)[columns]
    })
    do.call(rbind, by_seed)
  })
  table <- do.call(rbind, tables) %||% stats::setNames(data.frame(t(columns))[0, ], columns)
  list(table = table, record = record)
}

# Trains one run of a lab from one seed; the test data are looked at once, when it has ended.
train_run <- function(lab, run, seed, size, data, checkpoints) {
  arguments <- lapply(run$network[names(run$network) != "name"], function(value) {
    if (is_sequence(value)) unlist(value) else value
  })
  model <- do.call(NETWORKS[[run$network$name]]$make, c(arguments, list(seed = seed, dtype = lab$dtype)))
  checkpoint <- if (!is.null(checkpoints)) file.path(checkpoints, sprintf("%s-%.15g.r.safetensors", run$id, seed))
  given <- list(
    model, "cross_entropy", data$train, data$validation,
    epochs = lab$sizes[[size]]$epochs, seed = seed, checkpoint = checkpoint, progress = FALSE
  )
  table <- do.call(train_network, c(given, run$settings[[size]]), quote = TRUE)
  # One by one: a run that diverged at once has no row.
  for (name in TEST_NUMBERS) table[[name]] <- rep(NA_real_, nrow(table))
  if (attr(table, "status") == "finished") {
    measured <- evaluate_network(model, "cross_entropy", data$test)
    table[nrow(table), TEST_NUMBERS] <- c(measured$loss, measured$accuracy)
  }
  table
}
