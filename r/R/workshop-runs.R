# Runs and draws the declared experiments in this language; its twin does the same in Python.

METHODS <- c("manual", "optim")

#' Run and draw the declared experiments
#'
#' `run_experiments()` computes every declared path by both methods and writes one table per figure,
#' `<figure>/r-<engine>.csv`: path, method, step, x1, x2, value, under a record of versions.
#' `draw_experiments()` draws every declared figure from its table, {torch}'s where there is one, as
#' `<figure>/r-light.svg` and so on; the paths by `optim` are drawn.
#'
#' @param file The declaration, as [read_experiments()] reads it.
#' @param folder Gets the tables and the pictures, one folder per figure.
#' @param figures Ids; all figures if left out.
#' @param device As in [descend()].
#' @param progress A function that is called with the id of each figure that is done.
#' @return The files that were written. A bad declaration or an unknown figure stops with one line, before
#'   anything is written.
#' @export
#' @examplesIf has_engine()
#' file <- system.file("extdata", "example.yaml", package = "gradpath")
#' tables <- run_experiments(file, tempdir())
#' readLines(tables[[1]], n = 8)
run_experiments <- function(file, folder, figures = NULL, device = "cpu", progress = NULL) {
  chosen <- choose_entries("figures", read_experiments(file), figures)
  engine <- engine_info()
  record <- made_by(device)
  vapply(chosen, FUN.VALUE = "", USE.NAMES = FALSE, function(figure) {
    parts <- lapply(figure$paths, function(path) {
      do.call(rbind, lapply(METHODS, function(method) run_path(path, method, device)))
    })
    target <- file.path(folder, figure$id, paste0("r-", engine$name, ".csv"))
    write_table(target, do.call(rbind, parts), c(record, seed = seeds_of(figure)))
    if (!is.null(progress)) progress(figure$id)
    target
  })
}

run_path <- function(path, method, device) {
  given <- list(path$surface, path$start, path$optimizer, path$steps, method, path$dtype, device)
  given <- c(given, list(schedule = path$schedule, noise = path$noise, seed = path$seed))
  points <- do.call(descend, c(given, path$hyperparameters))
  data.frame(path = rep(path$id, nrow(points)), method = rep(method, nrow(points)), points)[COLUMNS]
}

#' @rdname run_experiments
#' @export
draw_experiments <- function(file, folder, figures = NULL, progress = NULL) {
  chosen <- Filter(function(figure) figure$draw, choose_entries("figures", read_experiments(file), figures))
  written <- lapply(chosen, function(figure) {
    table <- read_table(drawn_table(file.path(folder, figure$id)))
    names <- lapply(names(THEMES), function(theme) {
      plot <- plot_figure(figure, table, theme)
      targets <- file.path(folder, figure$id, paste0("r-", theme, c(".svg", ".png")))
      for (target in targets) save_plot(plot, target)
      targets
    })
    if (!is.null(progress)) progress(figure$id)
    unlist(names)
  })
  as.character(unlist(written))
}

# Draws one declared figure from its table.
plot_figure <- function(figure, table, theme) {
  plot_paths(
    lapply(figure$paths, function(path) select_path(table, path$id, "optim")),
    figure$surface,
    labels = vapply(figure$paths, `[[`, "", "label"),
    label_at = lapply(figure$paths, `[[`, "label_at"),
    title = paste(figure$title, "(R)"),
    theme = theme
  )
}

# What a figure's random draws start from.
seeds_of <- function(figure) {
  seeds <- lapply(figure$paths, function(path) if (path$noise > 0) path$seed)
  seeds <- sort(unique(unlist(seeds)))
  if (length(seeds)) paste(sprintf("%.15g", seeds), collapse = ", ") else "none, nothing is drawn at random"
}

# The R table that is drawn: {torch}'s own where there is one, the other engine's otherwise.
drawn_table <- function(folder, made_by = "run_experiments()") {
  tables <- file.path(folder, paste0("r-", ENGINES, ".csv"))
  there <- tables[file.exists(tables)]
  if (!length(there)) {
    gradpath_stop(paste0(folder, ": has no table of R's; run ", made_by, " first"))
  }
  there[[1]]
}
