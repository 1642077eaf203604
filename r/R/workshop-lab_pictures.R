# Draws the declared labs from their tables.

#' @rdname run_labs
#' @export
draw_labs <- function(file, folder, size = "quick", labs = NULL, progress = NULL) {
  require_choice("draw_labs()", "size", size, LAB_SIZES)
  drawn <- Filter(function(lab) lab$draw && size %in% names(lab$sizes), choose_entries("labs", read_labs(file), labs))
  pictures <- lapply(drawn, function(lab) {
    own <- file.path(folder, "training", size)
    table <- lab_table(own, lab$id)
    targets <- lapply(names(THEMES), function(theme) {
      plot <- plot_lab(lab, size, table, theme)
      targets <- file.path(own, paste0(lab$id, "-r-", theme, c(".svg", ".png")))
      for (target in targets) save_plot(plot, target)
      targets
    })
    if (!is.null(progress)) progress(lab$id)
    unlist(targets)
  })
  as.character(unlist(pictures))
}

# Draws one lab from its table: training and validation data, not the test data.
plot_lab <- function(lab, size, table, theme) {
  by_seed <- read_lab_table(table, vapply(lab$runs, `[[`, "", "id"))
  runs <- lapply(by_seed, function(tables) over_seeds(lapply(tables, without_test)))
  labels <- vapply(lab$runs, `[[`, "", "label")
  groups <- vapply(lab$runs, function(run) run$group %||% run$label, "")
  against <- if (!is.null(lab$against)) vapply(lab$runs, function(run) as.numeric(run$x), 1)
  title <- paste0(lab$title, " (R, ", size, ")")
  plot_training(runs, labels, groups, against, axis_label(lab, size), title, theme)
}

without_test <- function(run) {
  run[TEST_NUMBERS] <- NULL
  run
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

# The tables of a lab's runs, one per seed, as train_network() gave them, with their status.
read_lab_table <- function(file, runs) {
  record <- read_record(file)
  table <- utils::read.csv(file, comment.char = "#", colClasses = c(run = "character"))
  seeds <- as.numeric(strsplit(record$seed, ", ")[[1]])
  lapply(runs, function(run) {
    lapply(seeds, function(seed) {
      rows <- table[table$run == run & table$seed == seed, setdiff(names(table), c("run", "seed"))]
      rownames(rows) <- NULL
      attr(rows, "status") <- record[[status_key(run, seed)]]
      rows
    })
  })
}

# The mean over a run's seeds, with columns `_low` and `_high` for the lowest and highest number. If a seed diverged,
# the table ends where the first one did, and says so.
over_seeds <- function(tables) {
  broken <- Filter(function(table) attr(table, "status") != "finished", tables)
  first <- if (length(broken)) broken[[which.min(vapply(broken, nrow, 1L))]] else tables[[1]]
  numbers <- setdiff(names(first), "epoch")
  epochs <- seq_len(nrow(first))
  over <- function(how) {
    as.data.frame(lapply(stats::setNames(nm = numbers), function(name) {
      values <- vapply(tables, function(table) as.numeric(table[epochs, name]), numeric(length(epochs)))
      apply(matrix(values, nrow = length(epochs)), 1, how)
    }))
  }
  ending <- function(table, suffix) stats::setNames(table, paste0(names(table), suffix))
  mean <- data.frame(epoch = first$epoch, over(mean))
  if (length(tables) > 1) mean <- cbind(mean, ending(over(min), "_low"), ending(over(max), "_high"))
  attr(mean, "status") <- attr(first, "status")
  mean
}

# What stands under the axis: epochs, or what the runs differ in, and how much they were trained.
axis_label <- function(lab, size) {
  has <- lab$sizes[[size]]
  images <- format(has$train, big.mark = ",", trim = TRUE, scientific = FALSE)
  seeds <- if (length(has$seeds) > 1) sprintf("; mean and range of %d seeds", length(has$seeds)) else ""
  if (is.null(lab$against)) {
    return(paste0("epoch of ", images, " images", seeds))
  }
  epochs <- paste0(has$epochs, " epoch", if (has$epochs != 1) "s")
  paste0(lab$against, ", after ", epochs, " of ", images, " images", seeds)
}
