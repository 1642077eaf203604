# Reads `first_epoch.yaml` and trains the first epoch of its networks by hand and by optim, batch by batch.

#' @include workshop-lab_declarations.R networks.R workshop-runs.R schedules-fields.R
NULL

is_network <- function(value) is_mapping(value) && one_text_of(network_names)(value[["name"]])

# The fields in the order in which they are checked.
EPOCH_FIELDS <- list(
  id = needed(IDENTIFIER),
  title = needed(LINE),
  network = needed(list(is_network, function() {
    paste0("a mapping with a name, ", one_of(network_names()), ", and its arguments")
  })),
  samples = needed(COUNT),
  dtype = needed(ACCEPTED$dtype),
  settings = needed(SETTINGS),
  bound = needed(POSITIVE),
  seed = optional(ACCEPTED$seed)
)

#' Declared first epochs
#'
#' `read_first_epochs()` reads and checks a declaration; `run_first_epochs()` trains every declared first epoch by
#' both methods, on one thread, so that sums are added in the same order on every machine.
#'
#' @param file A YAML file; `shared_figures/first_epoch.yaml` is the project's own.
#' @param folder Gets the file `first_epoch/r-<engine>.csv`: network, method, batch (from 1), loss, under a record of
#'   versions.
#' @return `read_first_epochs()` gives a list by id: id, title, network, samples, dtype, settings, bound, seed;
#'   `run_first_epochs()` the file that was written. The first thing that is wrong stops with one line.
#' @export
read_first_epochs <- function(file) read_entries(file, "networks", "network", read_first_epoch)

#' @rdname read_first_epochs
#' @export
run_first_epochs <- function(file, folder) {
  declared <- read_first_epochs(file)
  threads <- torch_get_num_threads()
  on.exit(torch_set_num_threads(threads))
  torch_set_num_threads(1)
  tables <- lapply(declared, function(entry) {
    do.call(rbind, lapply(METHODS, function(method) train_first_epoch(entry, method)))
  })
  engine <- engine_info()
  record <- c(made_by(), list(
    threads = "1"
  ))
  target <- file.path(folder, "first_epoch", paste0("r-", engine$name, ".csv"))
  write_table(target, do.call(rbind, unname(tables)), record)
  target
}

train_first_epoch <- function(entry, method) {
  train <- take_data(fashion_mnist(dtype = entry$dtype)$train, entry$samples)
  arguments <- entry$network[names(entry$network) != "name"]
  model <- do.call(NETWORKS[[entry$network$name]]$make, c(arguments, list(seed = entry$seed, dtype = entry$dtype)))
  settings <- list(
    epochs = 1, seed = entry$seed, method = method, batch_losses = TRUE, progress = FALSE
  )
  table <- do.call(train_network, c(list(model, "cross_entropy", train), settings, entry$settings))
  losses <- attr(table, "batch_losses")
  data.frame(network = entry$id, method = method, batch = seq_along(losses), loss = losses)
}

read_first_epoch <- function(where, entry) {
  check_entry(where, entry, EPOCH_FIELDS)
  check_network(where, entry$network)
  check_settings(where, entry$settings, entry$samples, 1)
  entry$seed <- entry$seed %||% 0
  entry
}
