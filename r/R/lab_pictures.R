# Draws the declared labs from their tables.

#' @rdname run_labs
#' @export
draw_labs <- function(file, folder, size = "quick", labs = NULL, progress = NULL) {
  require_choice("draw_labs()", "size", size, LAB_SIZES)
  pictures <- lapply(choose_labs(read_labs(file), labs), function(lab) {
    own <- file.path(folder, "training", size)
    runs <- read_lab_table(lab_table(own, lab$id), vapply(lab$runs, `[[`, "", "id"))
    labels <- vapply(lab$runs, `[[`, "", "label")
    groups <- vapply(lab$runs, function(run) run$group %||% run$label, "")
    against <- if (!is.null(lab$against)) vapply(lab$runs, function(run) as.numeric(run$x), 1)
    targets <- lapply(names(THEMES), function(theme) {
      title <- paste0(lab$title, " (R, ", size, ")")
      plot <- plot_training(runs, labels, groups, against, describe_axis(lab, size), title, theme)
      targets <- file.path(own, paste0(lab$id, "-r-", theme, c(".svg", ".png")))
      for (target in targets) save_plot(plot, target)
      targets
    })
    if (!is.null(progress)) progress(lab$id)
    unlist(targets)
  })
  as.character(unlist(pictures))
}

# The table of a lab: {torch}'s own where there is one, the other engine's otherwise.
lab_table <- function(folder, id) {
  tables <- file.path(folder, paste0(id, ".r-", ENGINES, ".csv"))
  there <- tables[file.exists(tables)]
  if (!length(there)) {
    gradpath_stop(paste0(tables[[2]], ": no such file; run run_labs() first"))
  }
  there[[1]]
}

# The tables of a lab's runs as train_network() gave them, with their status.
read_lab_table <- function(file, runs) {
  record <- read_record(file)
  table <- utils::read.csv(file, comment.char = "#", colClasses = c(run = "character"))
  lapply(runs, function(run) {
    rows <- table[table$run == run, names(table) != "run"]
    rownames(rows) <- NULL
    attr(rows, "status") <- record[[paste0(STATUS, run)]]
    rows
  })
}

# What stands under the axis: epochs, or what the runs differ in, and how much they were trained.
describe_axis <- function(lab, size) {
  has <- lab$sizes[[size]]
  images <- format(has$train, big.mark = ",", trim = TRUE, scientific = FALSE)
  if (is.null(lab$against)) {
    return(paste("epoch of", images, "images"))
  }
  paste0(lab$against, ", after ", has$epochs, " epoch", if (has$epochs != 1) "s", " of ", images, " images")
}
