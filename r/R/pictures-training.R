# Draws loss and scores of training runs, against the epoch or against a number that the runs differ in.

#' @include pictures-curves.R
NULL

CURVE_WIDTH <- 1.4
LABEL_SIZE <- 8.5

#' Draw loss and scores of training runs
#'
#' Training and test data stand side by side on the same axes. A run that diverged ends in a cross. Values of
#' the first quarter of the epochs may leave the picture.
#'
#' @param tables What [train_network()] gives, or a list of such; at most six groups are told apart by colour
#'   and marker.
#' @param labels One text per run, beside its lines; optimizer and lr if left out.
#' @param groups One text per run: runs of one group share a colour, and a line if they are drawn against a
#'   number.
#' @param against One number > 0 per run: what the scores after the last epoch are drawn against, on a
#'   logarithmic axis. `NULL`: everything is drawn against the epoch.
#' @param x_label What stands under the axis; "epoch" if left out.
#' @param title A text.
#' @param theme `"light"` or `"dark"`.
#' @return A ggplot. A theme that does not exist, and labels, groups or numbers that are not one per run, stop
#'   with one line.
#' @export
#' @examples
#' run <- data.frame(epoch = 1:3, train_loss = c(2, 1, 0.5), train_accuracy = c(0.2, 0.6, 0.8))
#' plot_training(run, labels = "a run")
plot_training <- function(tables, labels = NULL, groups = NULL, against = NULL, x_label = NULL, title = NULL,
                          theme = "light") {
  if (!one_text_of(names(THEMES))(theme)) refuse("plot_training()", "theme", theme, one_of(names(THEMES)))
  if (is.data.frame(tables)) tables <- list(tables)
  check_one_per_run(length(tables), labels = labels, groups = groups, against = against)
  labels <- labels %||% vapply(tables, default_run_label, "")
  groups <- groups %||% as.character(seq_along(tables))
  parts <- parts_of(tables)
  measures <- measures_of(tables)
  if (!is.null(against) && length(measures) > 1) measures <- measures[-1]
  drawn <- panel_pieces(parts, measures, function(part, measure) {
    if (is.null(against)) {
      draw_curves(tables, part, measure, labels, groups, measure_limits(tables, parts, measure), theme)
    } else {
      draw_against(tables, part, measure, groups, against, final_limits(tables, parts, measure), theme)
    }
  })
  axis <- if (is.null(against)) epoch_axis(tables) else number_axis(against)
  x_label <- x_label %||% if (is.null(against)) "epoch" else ""
  training_panels(drawn, axis, parts, measures, theme) +
    ggplot2::labs(x = x_label, y = NULL, title = title)
}

check_one_per_run <- function(runs, ...) {
  given <- Filter(Negate(is.null), list(...))
  for (name in names(given)[lengths(given) != runs]) {
    gradpath_stop(sprintf(
      "plot_training(): %s: has %d entries for %d runs; use one per run", name, length(given[[name]]), runs
    ))
  }
}

default_run_label <- function(table) {
  lr <- attr(table, "lr")
  # A rule of the reader's own may have no rate.
  paste0(attr(table, "optimizer") %||% "run", if (!is.null(lr)) sprintf(", lr %g", lr))
}

# Everything that is drawn, as one table per kind of layer: `paths`, `points`, `crosses`, `ends` and
# `corners`, each with the part and the measure of its panel.
panel_pieces <- function(parts, measures, draw) {
  panels <- expand.grid(part = parts, measure = measures, stringsAsFactors = FALSE)
  drawn <- Map(function(part, measure) {
    lapply(draw(part, measure), function(rows) {
      if (!is.null(rows) && nrow(rows)) {
        data.frame(rows, part = factor(part, parts), measure = factor(measure, measures), row.names = NULL)
      }
    })
  }, panels$part, panels$measure)
  kinds <- unique(unlist(lapply(drawn, names)))
  lapply(stats::setNames(nm = kinds), function(kind) do.call(rbind, unname(lapply(drawn, `[[`, kind))))
}

training_panels <- function(drawn, axis, parts, measures, theme) {
  colours <- THEMES[[theme]]
  at <- ggplot2::aes(x = .data$x, y = .data$y)
  wide <- diff(axis$limits)
  # Labels stand beside the last panel only.
  ends <- drawn$ends[drawn$ends$part == parts[[length(parts)]], ]
  ends$text_x <- axis$limits[[2]] + 0.06 * wide
  leads <- ends[ends$x == max(ends$x), ]
  plot <- ggplot2::ggplot() +
    ggplot2::geom_blank(at, drawn$corners) +
    range_layers(drawn$bands, drawn$bars) +
    path_layer(drawn$paths) +
    point_layer(drawn$points, colours$paper) +
    cross_layer(drawn$crosses) +
    ggplot2::geom_segment(
      ggplot2::aes(x = .data$x + 0.03 * wide, y = .data$y, xend = .data$text_x - 0.01 * wide, yend = .data$at,
                   colour = .data$colour),
      leads, linewidth = line_points(0.6)
    ) +
    ggplot2::geom_text(
      ggplot2::aes(x = .data$text_x, y = .data$at, label = .data$label, colour = .data$colour),
      ends, hjust = 0, size = text_points(LABEL_SIZE), fontface = "bold"
    ) +
    ggplot2::facet_grid(
      ggplot2::vars(.data$measure), ggplot2::vars(.data$part),
      scales = "free_y", switch = "y",
      labeller = ggplot2::labeller(part = PARTS)
    ) +
    # Labels lie beyond the axis, and must not stretch it.
    ggplot2::scale_x_continuous(
      limits = axis$limits, breaks = axis$breaks, labels = axis$labels, oob = function(x, ...) x,
      expand = c(0, 0)
    ) +
    ggplot2::scale_y_continuous(expand = c(0, 0)) +
    ggplot2::coord_cartesian(clip = "off") +
    ggplot2::scale_colour_identity() + ggplot2::scale_fill_identity() +
    ggplot2::scale_shape_identity() + ggplot2::scale_linetype_identity() +
    picture_theme(colours) +
    curve_theme(colours, max(nchar(ends$label)))
  rows <- length(measures)
  attr(plot, "size") <- c(7.2, if (rows > 1) 0.9 + 2.15 * rows else 3.4)
  plot
}

# The range of several seeds: a band along a curve, a bar at a number.
range_layers <- function(bands, bars) {
  shape <- ggplot2::aes(x = .data$x, ymin = .data$low, ymax = .data$high)
  list(
    if (!is.null(bands)) {
      ggplot2::geom_ribbon(
        utils::modifyList(shape, ggplot2::aes(group = .data$path, fill = .data$colour)), bands,
        alpha = 0.15
      )
    },
    if (!is.null(bars)) {
      ggplot2::geom_linerange(
        utils::modifyList(shape, ggplot2::aes(colour = .data$colour)), bars,
        linewidth = line_points(1), alpha = 0.6
      )
    }
  )
}

path_layer <- function(paths) {
  if (!is.null(paths)) {
    ggplot2::geom_path(
      ggplot2::aes(
        x = .data$x, y = .data$y, group = .data$path, colour = .data$colour, linetype = .data$line
      ),
      paths, linewidth = line_points(CURVE_WIDTH)
    )
  }
}

point_layer <- function(points, paper) {
  if (!is.null(points)) {
    # The last marker has no face that could be filled: its edge is the mark.
    points$edge <- ifelse(points$shape > 20, paper, points$colour)
    ggplot2::geom_point(
      ggplot2::aes(x = .data$x, y = .data$y, shape = .data$shape, fill = .data$colour, colour = .data$edge),
      points, size = marker_points(4.5, 0.6), stroke = edge_points(0.6)
    )
  }
}

cross_layer <- function(crosses) {
  if (!is.null(crosses)) {
    ggplot2::geom_point(
      ggplot2::aes(x = .data$x, y = .data$y, colour = .data$colour),
      crosses, shape = 4, size = marker_points(8, 2), stroke = edge_points(2)
    )
  }
}

curve_theme <- function(colours, letters) {
  text <- function(...) ggplot2::element_text(colour = colours$ink, size = 10, ...)
  ggplot2::theme(
    strip.background = ggplot2::element_blank(),
    strip.placement = "outside",
    strip.text.x = text(hjust = 0, margin = ggplot2::margin(2, 0, 3, 0)),
    strip.text.y = text(margin = ggplot2::margin(0, 3, 0, 0)),
    strip.clip = "off",
    panel.grid.major = ggplot2::element_line(colour = colours$line, linewidth = line_points(0.2)),
    # The last number of an axis stays clear of the next one's first.
    panel.spacing.x = grid::unit(20, "pt"),
    panel.spacing.y = grid::unit(16, "pt"),
    axis.title = text(),
    axis.text.x = ggplot2::element_text(colour = colours$ink, size = 8, margin = ggplot2::margin(t = 3)),
    axis.text.y = ggplot2::element_text(colour = colours$ink, size = 8, margin = ggplot2::margin(r = 3)),
    plot.title.position = "plot",
    # Room for the longest label: a bold letter is 0.7 of its size wide.
    plot.margin = grid::unit(c(5, 16 + 0.7 * LABEL_SIZE * letters, 4, 4), "pt")
  )
}
