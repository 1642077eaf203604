# Reads `schedules.yaml`, computes its sequences of rates by hand and by the library, and draws them.

#' @include workshop-experiments.R
NULL

is_metrics <- function(value) is_sequence(value) && all(vapply(value, is_number, TRUE))

# The fields in the order in which they are checked.
SEQUENCE_FIELDS <- c(list(id = needed(IDENTIFIER), title = needed(LINE)), PICTURE, list(
  lr = needed(SCHEDULE_FIELDS$lr),
  steps = needed(ACCEPTED$steps),
  schedule = needed(list(
    function(value) !is.null(value), "a mapping with a name and the parameters of that schedule"
  )),
  metrics = optional(list(is_metrics, "a list of finite numbers")),
  recorded = optional(LINE),
  draw = optional(FLAG)
))

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
  read_entries(file, "schedules", "schedule", read_entry, beside = PICTURE)
}

read_entry <- function(where, entry) {
  check_entry(where, entry, SEQUENCE_FIELDS)
  entry$schedule <- check_path_schedule(where, entry$schedule, entry$steps, schedule_parameters(), declared = TRUE)
  entry$metrics <- unlist(entry$metrics)
  entry$draw <- entry$draw %||% TRUE
  entry
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
  record <- c(made_by(), list(
    seed = "none, nothing is drawn at random"
  ))
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
