# Reads `schedules.yaml`, computes its sequences of rates by hand and by the library, and draws them.

#' @include experiments.R
NULL

SEQUENCE_FIELDS <- c("id", "title", "lr", "steps", "schedule", "metrics", "recorded", "draw")
SEQUENCE_REQUIRED <- c("id", "title", "lr", "steps", "schedule")

is_metrics <- function(value) is_sequence(value) && all(vapply(value, is_number, TRUE))

SEQUENCE_RULES <- list(
  id = IDENTIFIER[c("accepts", "accepted")],
  title = list(accepts = is_line, accepted = A_LINE),
  metrics = list(accepts = is_metrics, accepted = "a list of finite numbers"),
  recorded = list(accepts = is_line, accepted = A_LINE),
  draw = list(accepts = is_flag, accepted = "true or false")
)

#' Declared sequences of rates
#'
#' `read_schedules()` reads and checks a declaration; `run_schedules()` computes every declared sequence by
#' both methods and writes `schedules/r-<engine>.csv`: schedule, method, step, lr, under a record of versions;
#' `draw_schedules()` draws every sequence, and all of them in one picture, from that table, light and dark.
#'
#' @param file A YAML file; `shared_figures/schedules.yaml` is the project's own.
#' @param folder Gets the folder `schedules`.
#' @return `read_schedules()` gives a list by id: id, title, lr, steps, schedule, metrics, recorded, draw. The
#'   others give the files that were written. The first thing that is wrong stops with one line.
#' @export
read_schedules <- function(file) {
  data <- read_declaration(file)
  entries <- if (is_mapping(data)) data[["schedules"]]
  if (!is_filled(entries)) {
    refuse(file, "schedules", entries, "a list of one or more schedules")
  }
  sequences <- list()
  check_entries(file, entries, "schedule", ": ", function(where, entry) {
    sequences <<- c(sequences, list(read_entry(where, entry)))
  })
  refuse_unknown(file, data, "schedules")
  ids <- vapply(sequences, `[[`, "", "id")
  refuse_duplicates(file, "schedule", ids)
  refuse_names(file, "schedule", ids)
  stats::setNames(sequences, ids)
}

read_entry <- function(where, entry) {
  refuse_entry(where, entry)
  check_field(where, "lr", entry$lr)
  require_value(where, "steps", entry$steps)
  checked <- check_path_schedule(where, entry$schedule, entry$steps, schedule_parameters(), declared = TRUE)
  if (is.null(checked)) {
    refuse(where, "schedule", NULL, "a mapping with a name and the parameters of that schedule")
  }
  entry$schedule <- checked
  entry$metrics <- unlist(entry$metrics)
  entry$draw <- entry$draw %||% TRUE
  entry
}

refuse_entry <- function(where, entry) {
  for (i in seq_along(entry)) {
    name <- names(entry)[[i]]
    refuse_unknown(where, entry[i], SEQUENCE_FIELDS)
    rule <- SEQUENCE_RULES[[name]]
    if (!is.null(rule) && !rule$accepts(entry[[i]])) refuse(where, name, entry[[i]], rule$accepted)
  }
  for (name in setdiff(SEQUENCE_REQUIRED, names(entry))) {
    accepted <- paste(SEQUENCE_REQUIRED, collapse = ", ")
    gradpath_stop(paste0(where, ": ", name, ": is missing; every schedule has ", accepted))
  }
}

declared_rates <- function(entry, method) {
  schedule_rates(entry$schedule, entry$lr, entry$steps, method, entry$metrics)
}

#' @rdname read_schedules
#' @export
run_schedules <- function(file, folder) {
  engine <- engine_info()
  rows <- lapply(read_schedules(file), function(entry) {
    do.call(rbind, lapply(METHODS, function(method) {
      steps <- seq_len(entry$steps) - 1L
      data.frame(schedule = entry$id, method = method, step = steps, lr = declared_rates(entry, method))
    }))
  })
  record <- list(
    language = paste0("R ", R.version$major, ".", R.version$minor),
    engine = paste(engine$name, engine$version),
    device = "cpu",
    seed = "none, nothing is drawn at random"
  )
  target <- file.path(folder, "schedules", paste0("r-", engine$name, ".csv"))
  write_table(target, do.call(rbind, unname(rows)), record)
  target
}

#' @rdname read_schedules
#' @export
draw_schedules <- function(file, folder) {
  shown <- unname(Filter(function(entry) entry$draw, read_schedules(file)))
  table <- utils::read.csv(
    drawn_table(file.path(folder, "schedules"), "run_schedules()"),
    comment.char = "#", colClasses = c(schedule = "character")
  )
  rates <- lapply(shown, function(entry) table$lr[table$schedule == entry$id & table$method == "optim"])
  titles <- vapply(shown, `[[`, "", "title")
  pictures <- lapply(names(THEMES), function(theme) {
    singles <- vapply(seq_along(shown), FUN.VALUE = "", function(k) {
      target <- file.path(folder, "schedules", paste0(shown[[k]]$id, "-r-", theme, ".svg"))
      save_plot(plot_schedules(rates[k], title = paste(titles[[k]], "(R)"), theme = theme), target)
      target
    })
    plot <- plot_schedules(rates, titles, "Learning-rate schedules (R)", theme)
    targets <- file.path(folder, "schedules", paste0("r-", theme, c(".svg", ".png")))
    for (target in targets) save_plot(plot, target)
    c(singles, targets)
  })
  unlist(pictures)
}
