# Compares the lanes whose tables are there: by hand against optim, R against Python.

# float64: 1e-12 relative at every step. float32: 24 bits are 6e-8, and a path of some hundred steps may lose
# two digits of them.
BOUNDS <- c(float64 = 1e-12, float32 = 1e-5)
NUMBERS <- c("x1", "x2", "value")

#' Do the lanes agree?
#'
#' Compares the tables of every declared figure, as far as they are there: each language by hand against
#' `optim`, and R against Python. The command `gradpath check` of the Python side compares the same tables,
#' and more: closed forms, and paths recorded with {torch}.
#'
#' @param file The declaration, as [read_experiments()] reads it.
#' @param folder Holds the tables, as [run_experiments()] writes them; Python's are `<figure>/python.csv`.
#' @return A data frame with one row per comparison: `figure`, `path`, `lane`, `reference`, `verdict`
#'   (`"agrees"` or `"differs"`), `values` and `bit_equal` (how many numbers were compared, and how many are
#'   equal to the last bit), `max_abs` and `max_rel` (the largest differences), `bound` (the relative one that
#'   is allowed), and `first_step`, where it is first exceeded.
#' @export
#' @examplesIf has_engine()
#' file <- system.file("extdata", "example.yaml", package = "gradpath")
#' folder <- tempfile()
#' tables <- run_experiments(file, folder)
#' agreement(file, folder)[c("path", "lane", "reference", "verdict")]
agreement <- function(file, folder) {
  rows <- lapply(read_experiments(file), function(figure) {
    tables <- read_lanes(file.path(folder, figure$id))
    do.call(rbind, lapply(figure$paths, function(path) compare_path(figure$id, path, tables)))
  })
  table <- do.call(rbind, rows)
  rownames(table) <- NULL
  table
}

# The tables of a figure by the name of their lane: Python's first, then one per engine of R.
read_lanes <- function(folder) {
  files <- c(python = "python.csv", `r (pytorch)` = "r-pytorch.csv", `r (torch)` = "r-torch.csv")
  files[] <- file.path(folder, files)
  files <- files[file.exists(files)]
  if (!length(files)) {
    gradpath_stop(paste0(folder, ": has no table of paths; run run_experiments() first"))
  }
  lapply(files, read_table)
}

compare_path <- function(figure, path, tables) {
  lane_of <- function(name, method) sub("^(python|r)", paste0("\\1-", method), name)
  pair <- function(left, left_method, right, right_method) {
    compared <- compare_paths(
      select_path(tables[[left]], path$id, left_method),
      select_path(tables[[right]], path$id, right_method),
      BOUNDS[[path$dtype]]
    )
    names <- data.frame(
      figure = figure, path = path$id,
      lane = lane_of(left, left_method), reference = lane_of(right, right_method)
    )
    cbind(names, compared)
  }
  within <- lapply(names(tables), function(name) pair(name, "optim", name, "manual"))
  others <- if ("python" %in% names(tables)) setdiff(names(tables), "python")
  between <- lapply(others, function(name) {
    rbind(pair(name, "manual", "python", "manual"), pair(name, "optim", "python", "optim"))
  })
  do.call(rbind, c(within, between))
}

compare_paths <- function(lane, reference, bound) {
  points <- seq_len(min(nrow(lane), nrow(reference)))
  a <- as.matrix(lane[points, NUMBERS])
  b <- as.matrix(reference[points, NUMBERS])
  relative <- relative_differences(a, b)
  beyond <- which(rowSums(!(relative <= bound)) > 0)
  first_step <- if (length(beyond)) {
    lane$step[[beyond[[1]]]]
  } else if (nrow(lane) != nrow(reference)) {
    length(points)
  } else {
    NA_integer_
  }
  data.frame(
    verdict = if (is.na(first_step)) "agrees" else "differs",
    values = length(a), bit_equal = sum(a == b), max_abs = max(0, abs(a - b)), max_rel = max(0, relative),
    bound = bound, first_step = as.integer(first_step)
  )
}

# A coordinate is measured against the larger of the point and the point before it, the numbers that the step
# was computed from; the value against the larger of 1 and itself.
relative_differences <- function(a, b) {
  size <- pmax(abs(a), abs(b))
  point <- pmax(size[, "x1"], size[, "x2"])
  before <- c(point[1], point[-length(point)])
  coordinates <- pmax(point, before)
  scale <- cbind(coordinates, coordinates, pmax(1, size[, "value"]))
  abs(a - b) / ifelse(scale > 0, scale, 1)
}
