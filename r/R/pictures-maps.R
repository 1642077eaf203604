# Draws maps of how many steps an optimizer needs.

#' @include pictures-canvas.R
NULL

# A region that has less than this share of the cells gets no label.
LABELLED_SHARE <- 0.03
# How many times as wide as high a label counts.
TEXT_SHAPE <- 4

#' Draw a map of steps
#'
#' Learning rate across, the other hyperparameter upwards, steps as colour. A ring marks the cell with the
#' fewest steps. Cells that do not arrive have a dot, those that diverge a cross, and both regions are named
#' on the picture.
#'
#' @param counts As [steps_to_reach()] gives them for several `lr` and several values of one other
#'   hyperparameter.
#' @param title A text.
#' @param theme `"light"` or `"dark"`.
#' @return A ggplot. A theme that does not exist, or a table that is no such map, stops with one line.
#' @export
#' @examplesIf has_engine()
#' counts <- steps_to_reach(
#'   "anisotropic_paraboloid", c(5.1, 2.3), "momentum", 100,
#'   lr = c(0.1, 0.2, 0.4, 0.8), momentum = c(0, 0.3, 0.6)
#' )
#' plot_steps(counts, "Momentum in a ravine")
plot_steps <- function(counts, title = NULL, theme = "light") {
  where <- "plot_steps()"
  check_theme(where, theme)
  other <- other_hyperparameter(where, counts)
  colours <- THEMES[[theme]]
  own <- STEP_COLOURS[[theme]]
  cells <- map_cells(log10(counts$lr), counts[[other]])
  steps <- attr(counts, "steps")
  # The fewest steps to the most that a run may take; one more where they are the same, for a scale needs two
  # ends.
  fewest <- max(1, min(counts$steps, steps))
  scale <- ggplot2::scale_fill_gradientn(
    colours = own$steps, trans = "log10", limits = c(fewest, max(steps, fewest + 1)), name = "steps",
    breaks = ticks_between(fewest, steps), labels = function(value) sprintf("%g", value),
    guide = ggplot2::guide_colourbar(
      title.position = "right", barwidth = grid::unit(12, "pt"), barheight = grid::unit(270, "pt"),
      nbin = 200, ticks.colour = colours$ink
    )
  )
  box <- ggplot2::aes(
    xmin = .data$left, xmax = .data$right, ymin = .data$low, ymax = .data$high, fill = .data$steps
  )
  boxes <- function(status, ...) {
    data <- cbind(cells, steps = counts$steps)[counts$status == status, ]
    ggplot2::geom_rect(box, data, colour = colours$paper, linewidth = line_points(0.4), ...)
  }
  at <- ggplot2::aes(x = .data$x, y = .data$y)
  mark <- function(status, shape, size, colour) {
    ggplot2::geom_point(at, cells[counts$status == status, ], shape = shape, size = size, colour = colour,
                        stroke = edge_points(0.6))
  }
  ticks <- ticks_between(10^min(cells$left), 10^max(cells$right))
  plot <- ggplot2::ggplot() +
    boxes("reached") +
    scale +
    boxes("diverged", fill = own$diverged) +
    mark("not reached", 16, marker_points(1.2, 0), colours$line) +
    mark("diverged", 4, marker_points(2.4, 0.6), own$cross) +
    map_label_layers(counts, other, colours) +
    ggplot2::scale_x_continuous(breaks = log10(ticks), labels = sprintf("%g", ticks)) +
    ggplot2::scale_y_continuous(n.breaks = 6) +
    ggplot2::coord_cartesian(expand = FALSE, clip = "off") +
    ggplot2::labs(x = "learning rate", y = other, title = title) +
    picture_theme(colours) +
    ggplot2::theme(
      legend.background = ggplot2::element_blank(),
      legend.text = ggplot2::element_text(colour = colours$ink, size = 9),
      legend.title = ggplot2::element_text(colour = colours$ink, size = 11, angle = 90, hjust = 0.5)
    )
  attr(plot, "size") <- c(7.2, 4.8)
  plot
}

# Where each cell is: its middle and its edges.
map_cells <- function(x, y) {
  across <- cell_edges(x)
  up <- cell_edges(y)
  i <- match(x, sort(unique(x)))
  j <- match(y, sort(unique(y)))
  data.frame(x = x, y = y, left = across[i], right = across[i + 1], low = up[j], high = up[j + 1])
}

# Where cells begin and end: half-way between neighbours, and as far beyond the outer ones.
cell_edges <- function(values) {
  middles <- sort(unique(values))
  n <- length(middles)
  between <- (middles[-1] + middles[-n]) / 2
  c(2 * middles[1] - between[1], between, 2 * middles[n] - between[n - 1])
}

# The numbers 1, 2 and 5 times a power of ten from `low` to `high`.
ticks_between <- function(low, high) {
  powers <- seq(floor(log10(low)), ceiling(log10(high)))
  ticks <- as.numeric(paste0(rep(c(1, 2, 5), length(powers)), "e", rep(powers, each = 3)))
  ticks[low <= ticks & ticks <= high]
}

other_hyperparameter <- function(where, counts) {
  columns <- if (is.data.frame(counts)) names(counts)
  others <- setdiff(columns, c("lr", "steps", "status"))
  several <- function(values) length(unique(values)) >= 2
  is_map <- length(columns) == 4 && length(others) == 1 && !is.null(attr(counts, "steps"))
  if (!is_map || !several(counts$lr) || min(counts$lr) <= 0 || !several(counts[[others]])) {
    accepted <- "what steps_to_reach() gives for some lr > 0 and some values of one other hyperparameter"
    refuse(where, "counts", as.list(columns), accepted)
  }
  others
}

# The texts on a map with their places: what the regions without a number are, and the best. A region's label
# stands where the region is widest; the best one's comes last.
map_labels <- function(counts, other) {
  label <- function(text, row) list(text = text, lr = counts$lr[row], at = counts[[other]][row])
  names <- c(diverged = "diverges", "not reached" = sprintf("more than %g steps", attr(counts, "steps")))
  regions <- lapply(names(names), function(status) {
    inside <- counts$status == status
    if (mean(inside) >= LABELLED_SHARE) {
      label(names[[status]], widest_place(log10(counts$lr), counts[[other]], inside))
    }
  })
  best <- if (any(is.finite(counts$steps))) {
    list(label(sprintf("best: %g", min(counts$steps)), which.min(counts$steps)))
  }
  c(Filter(Negate(is.null), regions), best)
}

# The number of the cell, of those inside a region, that is farthest from its edge and the map's. A text is
# wider than high, so that what is beside it counts as nearer than what is above it.
widest_place <- function(x, y, inside) {
  x <- (x - min(x)) / diff(range(x)) / TEXT_SHAPE
  y <- (y - min(y)) / diff(range(y))
  space <- pmin(x, max(x) - x, y, max(y) - y)[inside]
  if (!all(inside)) {
    away1 <- abs(outer(x[inside], x[!inside], `-`))
    away2 <- abs(outer(y[inside], y[!inside], `-`))
    space <- pmin(space, apply(pmax(away1, away2), 1, min))
  }
  # Of several that are equally wide the one in their middle; rounded, so that both languages choose the
  # same.
  space <- round(space, 9)
  widest <- which(inside)[space == max(space)]
  far <- (x[widest] - mean(x[widest]))^2 + (y[widest] - mean(y[widest]))^2
  widest[which.min(round(far, 9))]
}

map_label_layers <- function(counts, other, colours) {
  lapply(map_labels(counts, other), function(label) {
    at <- c(log10(label$lr), label$at)
    if (!startsWith(label$text, "best")) {
      return(halo_text(at, label$text, colours$ink, colours$paper))
    }
    place <- ggplot2::aes(x = .data$x, y = .data$y)
    ring <- function(points, colour) {
      ggplot2::geom_point(place, data.frame(x = at[1], y = at[2]), shape = 21, fill = NA, colour = colour,
                          size = marker_points(11, 1.8), stroke = edge_points(points))
    }
    beside <- c(at[1] + diff(range(log10(counts$lr))) * 0.025, at[2])
    list(
      ring(3.4, colours$paper), ring(1.8, colours$ink),
      halo_text(beside, label$text, colours$ink, colours$paper, face = "bold", hjust = 0)
    )
  })
}
