# Reads `training.yaml`, the declaration of every lab: networks trained side by side, in two sizes.

#' @include workshop-experiments.R networks.R schedules-fields.R training-checks.R
NULL

LAB_SIZES <- c("quick", "full")
DATA_NAMES <- c("fashion_mnist", "digits")

is_seeds <- function(value) is_filled(value) && all(vapply(value, ACCEPTED$seed[[1]], TRUE)) && !anyDuplicated(value)
SETTINGS <- mapping("a mapping of arguments of train_network()")

# The fields in the order in which they are checked.
NETWORK_FIELDS <- list(name = needed(among(network_names)))
SIZE_FIELDS <- c(list(
  train = needed(COUNT),
  validation = needed(COUNT),
  test = needed(COUNT),
  epochs = needed(COUNT),
  seeds = optional(list(is_seeds, paste0("a list of one or more different seeds, each ", ACCEPTED$seed[[2]]))),
  settings = optional(SETTINGS)
), PICTURE)
SIZES_FIELDS <- lapply(stats::setNames(nm = LAB_SIZES), function(name) {
  optional(mapping("a mapping with train, validation, test and epochs"))
})
BY_SIZE <- list(function(value) is_mapping(value) && length(value) > 0, "a mapping with quick, full, or both")
LAB_FIELDS <- list(
  id = needed(IDENTIFIER),
  title = needed(LINE),
  data = needed(among(DATA_NAMES)),
  network = needed(mapping("a mapping with a name and the arguments of that network")),
  dtype = optional(ACCEPTED$dtype),
  against = optional(LINE),
  draw = optional(FLAG),
  sizes = needed(BY_SIZE),
  settings = optional(SETTINGS),
  runs = needed(list_of("runs"))
)
RUN_FIELDS <- list(
  id = needed(IDENTIFIER),
  label = optional(LINE),
  group = optional(LINE),
  x = optional(POSITIVE),
  network = optional(mapping("a mapping of arguments of the lab's network")),
  differs = optional(BY_SIZE),
  settings = optional(SETTINGS),
  quick = optional(SETTINGS),
  full = optional(SETTINGS)
)

#' Read a declaration of labs
#'
#' @param file A YAML file; `shared_figures/training.yaml` is the project's own.
#' @return A list of labs by id, in the order of the file. Each is a list of id, title, data, seed, dtype,
#'   sizes, runs and against; each run is a list of id, label, network, settings by size, group and x, with
#'   what it has from its lab filled in. The first thing that is wrong stops with one line: file, lab, run,
#'   field, value, what is accepted.
#' @export
read_labs <- function(file) read_entries(file, "labs", "lab", read_lab)

read_lab <- function(where, entry) {
  check_entry(where, entry, LAB_FIELDS)
  check_network(where, entry$network)
  check_entry(paste0(where, ", sizes"), entry$sizes, SIZES_FIELDS)
  sizes <- lapply(stats::setNames(nm = names(entry$sizes)), function(name) {
    check_entry(paste0(where, ", ", name), entry$sizes[[name]], SIZE_FIELDS)
    size <- entry$sizes[[name]][c("train", "validation", "test", "epochs")]
    c(size, list(seeds = as.numeric(unlist(entry$sizes[[name]]$seeds %||% 0))))
  })
  runs <- unname(complete_entries(where, entry$runs, "run", ", ", function(place, run) {
    read_run(place, run, entry, sizes)
  }))
  list(
    id = entry$id, title = entry$title, data = entry$data, dtype = entry$dtype %||% "float32",
    sizes = sizes, runs = runs, against = entry$against, draw = entry$draw %||% TRUE
  )
}

read_run <- function(where, entry, lab, sizes) {
  check_entry(where, entry, RUN_FIELDS)
  if ("against" %in% names(lab) && !"x" %in% names(entry)) {
    refuse_missing(where, "x", RUN_FIELDS$x$accepted)
  }
  network <- overlaid(list(lab$network, entry$network))
  check_network(where, network)
  network <- overlaid(list(network, NETWORKS[[network$name]]$from_data[[lab$data]]))
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
  check_entry(where, differs, lapply(sizes, function(size) optional(DIFFERENCE)))
  for (name in names(differs)) check_entry(paste0(where, ", ", name), differs[[name]], DIFFERENCE_FIELDS)
}

# Mappings laid over each other, the last on top.
overlaid <- function(layers) {
  merged <- stats::setNames(list(), character())
  for (layer in layers) merged[names(layer)] <- layer
  merged
}

check_network <- function(where, network) {
  fields <- if (is_text(network$name)) NETWORKS[[network$name]]$fields
  check_entry(paste0(where, ", network"), network, c(NETWORK_FIELDS, fields))
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
