# Reads `training.yaml`, the declaration of every lab: networks trained side by side, in two sizes.

#' @include experiments.R initializations.R networks.R schedule_fields.R training_checks.R
NULL

LAB_SIZES <- c("quick", "full")
DATA_NAMES <- c("fashion_mnist", "digits")

is_widths <- function(value) is_filled(value) && all(vapply(value, whole_from(1), TRUE))
is_seeds <- function(value) is_filled(value) && all(vapply(value, ACCEPTED$seed[[1]], TRUE)) && !anyDuplicated(value)
among_field <- function(names, ...) field(one_text_of(names), one_of(names), ...)
count_field <- function(...) field(COUNT[[1]], COUNT[[2]], ...)
settings_field <- function() field(is_mapping, "a mapping of arguments of train_network()")

# The fields in the order in which they are checked.
NETWORK_ARGUMENTS <- list(
  tanh_network = c("hidden", "init"),
  lenet = c("activation", "init"),
  small_cnn = c("batch_norm", "dropout", "init")
)
# What follows from the data; as they are, the networks take the images of Fashion-MNIST.
FROM_DATA <- list(
  digits = list(tanh_network = list(inputs = 64), lenet = list(size = 8), small_cnn = list(size = 8))
)
ARGUMENT_FIELDS <- list(
  hidden = field(is_widths, "a list of one or more whole numbers >= 1"),
  activation = among_field(names(ACTIVATIONS)),
  batch_norm = field(is_flag, "true or false"),
  dropout = field(RATE[[1]], RATE[[2]]),
  init = among_field(names(INITIALIZATIONS))
)
NETWORK_FIELDS <- list(name = among_field(names(NETWORK_ARGUMENTS), required = TRUE))
SIZE_FIELDS <- list(
  train = count_field(required = TRUE),
  validation = count_field(required = TRUE),
  test = count_field(required = TRUE),
  epochs = count_field(required = TRUE),
  seeds = field(is_seeds, paste0("a list of one or more different seeds, each ", ACCEPTED$seed[[2]])),
  settings = settings_field()
)
SIZES_FIELDS <- lapply(stats::setNames(nm = LAB_SIZES), function(name) {
  field(is_mapping, "a mapping with train, validation, test and epochs")
})
is_some <- function(value) is_mapping(value) && length(value) > 0
LAB_FIELDS <- list(
  id = IDENTIFIER,
  title = field(is_line, A_LINE, required = TRUE),
  data = among_field(DATA_NAMES, required = TRUE),
  network = field(is_mapping, "a mapping with a name and the arguments of that network", required = TRUE),
  dtype = listed("dtype"),
  against = field(is_line, A_LINE),
  draw = field(is_flag, "true or false"),
  sizes = field(is_some, "a mapping with quick, full, or both", required = TRUE),
  settings = settings_field(),
  runs = field(is_filled, "a list of one or more runs", required = TRUE)
)
RUN_FIELDS <- list(
  id = IDENTIFIER,
  label = field(is_line, A_LINE),
  group = field(is_line, A_LINE),
  x = field(POSITIVE[[1]], POSITIVE[[2]]),
  network = field(is_mapping, "a mapping of arguments of the lab's network"),
  differs = field(is_some, "a mapping with quick, full, or both"),
  settings = settings_field(),
  quick = settings_field(),
  full = settings_field()
)

#' Read a declaration of labs
#'
#' @param file A YAML file; `shared_figures/training.yaml` is the project's own.
#' @return A list of labs by id, in the order of the file. Each is a list of id, title, data, seed, dtype,
#'   sizes, runs and against; each run is a list of id, label, network, settings by size, group and x, with
#'   what it has from its lab filled in. The first thing that is wrong stops with one line: file, lab, run,
#'   field, value, what is accepted.
#' @export
read_labs <- function(file) {
  data <- read_declaration(file)
  entries <- if (is_mapping(data)) data[["labs"]]
  if (!is_filled(entries)) {
    refuse(file, "labs", entries, "a list of one or more labs")
  }
  labs <- list()
  check_entries(file, entries, "lab", ": ", function(where, entry) {
    labs <<- c(labs, list(read_lab(where, entry)))
  })
  refuse_unknown(file, data, "labs")
  ids <- vapply(labs, `[[`, "", "id")
  refuse_duplicates(file, "lab", ids)
  refuse_names(file, "lab", ids)
  stats::setNames(labs, ids)
}

check_whole_entry <- function(where, entry, fields) {
  check_entry(where, entry, fields)
  refuse_unknown(where, entry, names(fields))
}

read_lab <- function(where, entry) {
  check_whole_entry(where, entry, LAB_FIELDS)
  check_network(where, entry$network)
  check_whole_entry(paste0(where, ", sizes"), entry$sizes, SIZES_FIELDS)
  sizes <- lapply(stats::setNames(nm = names(entry$sizes)), function(name) {
    check_whole_entry(paste0(where, ", ", name), entry$sizes[[name]], SIZE_FIELDS)
    size <- entry$sizes[[name]][c("train", "validation", "test", "epochs")]
    c(size, list(seeds = as.numeric(unlist(entry$sizes[[name]]$seeds %||% 0))))
  })
  runs <- list()
  check_entries(where, entry$runs, "run", ", ", function(place, run) {
    runs <<- c(runs, list(read_run(place, run, entry, sizes)))
  })
  refuse_duplicates(where, "run", vapply(runs, `[[`, "", "id"))
  list(
    id = entry$id, title = entry$title, data = entry$data, dtype = entry$dtype %||% "float32",
    sizes = sizes, runs = runs, against = entry$against, draw = entry$draw %||% TRUE
  )
}

read_run <- function(where, entry, lab, sizes) {
  check_whole_entry(where, entry, RUN_FIELDS)
  if ("against" %in% names(lab) && !"x" %in% names(entry)) {
    gradpath_stop(paste0(where, ": x: is missing; use ", RUN_FIELDS$x$accepted))
  }
  network <- overlaid(list(lab$network, entry$network))
  check_network(where, network)
  network <- overlaid(list(network, FROM_DATA[[lab$data]][[network$name]]))
  settings <- lapply(stats::setNames(nm = names(sizes)), function(name) {
    # The closer to the run and to the size, the later, and the last one counts.
    merged <- overlaid(list(lab$settings, lab$sizes[[name]]$settings, entry$settings, entry[[name]]))
    check_settings(paste0(where, ", ", name), merged, sizes[[name]]$train, sizes[[name]]$epochs)
    merged
  })
  check_differs(paste0(where, ", differs"), entry$differs, sizes)
  list(
    id = entry$id, label = entry$label %||% entry$id, network = network, settings = settings,
    group = entry$group, x = entry$x
  )
}

# Where, why and how far {torch}'s numbers are known to differ from Python's, by size; the cross-check reads it.
check_differs <- function(where, differs, sizes) {
  if (is.null(differs)) {
    return(invisible())
  }
  check_whole_entry(where, differs, lapply(sizes, function(size) {
    field(is_mapping, "a mapping with reason, begins and at_most")
  }))
  for (name in names(differs)) check_whole_entry(paste0(where, ", ", name), differs[[name]], DIFFERENCE_FIELDS)
}

# Mappings laid over each other, the last on top.
overlaid <- function(layers) {
  merged <- stats::setNames(list(), character())
  for (layer in layers) merged[names(layer)] <- layer
  merged
}

check_network <- function(where, network) {
  known <- if (is_text(network$name)) NETWORK_ARGUMENTS[[network$name]]
  check_whole_entry(paste0(where, ", network"), network, c(NETWORK_FIELDS, ARGUMENT_FIELDS[known]))
}

check_settings <- function(where, settings, samples, epochs) {
  known <- c("optimizer", "batch_size", "schedule", "schedule_every", "clip", "method")
  given <- function(name, default) if (name %in% names(settings)) settings[[name]] else default
  optimizer <- given("optimizer", "adamw")
  require_value(where, "optimizer", optimizer)
  require_value(where, "method", given("method", "optim"))
  batch_size <- given("batch_size", 256)
  every <- given("schedule_every", "epoch")
  require_count(where, "batch_size", batch_size)
  require_choice(where, "schedule_every", every, c("epoch", "batch"))
  check_clip(where, settings$clip)
  steps <- epochs * if (every == "batch") ceiling(samples / batch_size) else 1
  check_training_schedule(where, settings$schedule, every, steps, "validation_loss", list(), TRUE)
  check_hyperparameters(where, optimizer, settings[setdiff(names(settings), known)])
}
