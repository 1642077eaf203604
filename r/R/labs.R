# Trains the networks of the declared labs.

#' @include datasets.R networks.R lab_declarations.R
NULL

LAB_DATA <- list(fashion_mnist = fashion_mnist, digits = digits)
LAB_NETWORKS <- list(tanh_network = tanh_network, lenet = lenet, small_cnn = small_cnn)
LAB_NUMBERS <- c("lr", "train_loss", "train_accuracy", "test_loss", "test_accuracy")
STATUS <- "status of "

#' Train and draw the declared labs
#'
#' `run_labs()` trains every run of the declared labs on the CPU and writes one table per lab,
#' `training/<size>/<lab>.r-<engine>.csv`: run, epoch, lr, loss and accuracy of training and test data, for
#' the full size also seconds, under a record of versions and of how each run ended. `draw_labs()` draws the
#' labs from their tables, {torch}'s where there is one, light and dark, as
#' `training/<size>/<lab>-r-light.svg` and so on.
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
#'   this machine stop with one line, before anything is written.
#' @export
run_labs <- function(file, folder, size = "quick", labs = NULL, progress = NULL, checkpoints = NULL) {
  require_choice("run_labs()", "size", size, LAB_SIZES)
  chosen <- choose_labs(read_labs(file), labs)
  sets <- list()
  parts <- lapply(chosen, function(lab) {
    set <- paste(lab$data, lab$dtype)
    if (is.null(sets[[set]])) sets[[set]] <<- LAB_DATA[[lab$data]](dtype = lab$dtype)
    list(
      train = take_data(sets[[set]]$train, lab$sizes[[size]]$train),
      test = take_data(sets[[set]]$test, lab$sizes[[size]]$test)
    )
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

# The labs of these ids, or all.
choose_labs <- function(declared, labs) {
  if (is.null(labs) || !length(labs)) {
    return(unname(declared))
  }
  for (name in labs) {
    if (!name %in% names(declared)) refuse("labs", "id", name, one_of(names(declared)))
  }
  unname(declared[labs])
}

run_lab <- function(lab, size, data, checkpoints, progress) {
  engine <- engine_info()
  record <- list(
    language = paste0("R ", R.version$major, ".", R.version$minor),
    engine = paste(engine$name, engine$version),
    device = "cpu",
    dtype = lab$dtype,
    seed = sprintf("%.15g", lab$seed),
    threads = as.character(torch_get_num_threads())
  )
  columns <- c("run", "epoch", LAB_NUMBERS, if (size == "full") "seconds")
  tables <- lapply(lab$runs, function(run) {
    table <- train_run(lab, run, size, data, checkpoints)
    status <- attr(table, "status")
    record[[paste0(STATUS, run$id)]] <<- status
    if (!is.null(progress)) progress(paste0(lab$id, ", ", run$id, ": ", status))
    # A run that diverged at once has no rows, and no columns for them.
    if (nrow(table)) data.frame(run = run$id, table)[columns]
  })
  table <- do.call(rbind, tables) %||% stats::setNames(data.frame(t(columns))[0, ], columns)
  list(table = table, record = record)
}

train_run <- function(lab, run, size, data, checkpoints) {
  arguments <- lapply(run$network[names(run$network) != "name"], function(value) {
    if (is_sequence(value)) unlist(value) else value
  })
  model <- do.call(LAB_NETWORKS[[run$network$name]], c(arguments, list(seed = lab$seed, dtype = lab$dtype)))
  checkpoint <- if (!is.null(checkpoints)) file.path(checkpoints, paste0(run$id, ".r.safetensors"))
  given <- list(
    model, "cross_entropy", data$train,
    test = data$test, epochs = lab$sizes[[size]]$epochs, seed = lab$seed, checkpoint = checkpoint,
    progress = FALSE
  )
  do.call(train_network, c(given, run$settings[[size]]), quote = TRUE)
}
