# Draws walks down curves of one variable, side by side.

#' @include pictures-canvas.R
NULL

WALKS_PER_ROW <- 2
CURVE_POINTS <- 201
# How much a picture is higher than its curve, and wider than its window, as a share of these.
MARGIN <- 0.06

#' Draw walks down curves of one variable
#'
#' One small picture each. The start is a ring. A walk that leaves its window ends at its last point there,
#' and says where it goes.
#'
#' @param curves A list of functions; each takes a tensor of shape (n) and gives the values there, of the same
#'   shape.
#' @param walks A list of the points of each walk, its start first.
#' @param windows A list of `c(x from, x to)`: where each curve is drawn; the start of its walk lies in it.
#' @param labels What stands above each picture; nothing if left out.
#' @param title A text.
#' @param theme `"light"` or `"dark"`.
#' @return A ggplot. A theme that does not exist, or not as many curves as walks and windows, stops with one
#'   line.
#' @export
#' @examplesIf has_engine()
#' plot_walks(list(function(x) x^2), list(c(3, 2.4, 1.92, 1.54)), list(c(-3, 3)), "A good gradient")
plot_walks <- function(curves, walks, windows, labels = NULL, title = NULL, theme = "light") {
  where <- "plot_walks()"
  check_theme(where, theme)
  given <- list(curves = length(curves), windows = length(windows))
  for (field in names(given)) {
    if (given[[field]] != length(walks) || !length(walks)) {
      refuse(where, field, given[[field]], sprintf("%d, as many as walks", max(1L, length(walks))))
    }
  }
  Map(function(walk, window) check_starts(where, walk, window), walks, windows)
  colours <- THEMES[[theme]]
  scenes <- Map(walk_scene, curves, walks, windows, seq_along(walks))
  bind <- function(part) do.call(rbind, lapply(scenes, `[[`, part))
  points <- bind("points")
  at <- ggplot2::aes(x = .data$x, y = .data$value)
  titles <- stats::setNames(labels %||% rep("", length(walks)), seq_along(walks))
  plot <- ggplot2::ggplot() +
    ggplot2::geom_line(at, bind("curve"), colour = colours$line, linewidth = line_points(2.2)) +
    ggplot2::geom_blank(at, bind("corners")) +
    ggplot2::geom_path(at, points, colour = colours$paths[[2]], linewidth = line_points(0.8)) +
    ggplot2::geom_point(at, points, shape = 21, fill = colours$paths[[2]], colour = colours$paper,
                        size = marker_points(4, 0.5), stroke = edge_points(0.5)) +
    ggplot2::geom_point(at, points[points$step == 0, ], shape = 21, fill = NA, colour = colours$ink,
                        size = marker_points(10, 1.6), stroke = edge_points(1.6)) +
    leaving_layer(bind("leaving"), colours) +
    ggplot2::facet_wrap(ggplot2::vars(.data$panel), ncol = WALKS_PER_ROW, scales = "free",
                        labeller = ggplot2::as_labeller(titles)) +
    ggplot2::scale_x_continuous(expand = c(0, 0)) +
    ggplot2::scale_y_continuous(expand = c(0, 0)) +
    ggplot2::labs(x = "x", y = "value", title = title) +
    picture_theme(colours) +
    panel_theme(colours, small = FALSE, labelled = !is.null(labels)) +
    ggplot2::theme(panel.grid.major = ggplot2::element_blank())
  attr(plot, "size") <- c(7.2, 2.4 * ceiling(length(walks) / WALKS_PER_ROW))
  plot
}

# Refuses a walk that does not start in its window: there would be nothing to draw.
check_starts <- function(where, walk, window) {
  start <- if (length(walk)) walk[[1]]
  if (is.null(start) || is.na(start) || start < window[[1]] || start > window[[2]]) {
    accepted <- sprintf("a start in its window, from %.15g to %.15g", window[[1]], window[[2]])
    refuse(where, "walks", start, accepted)
  }
}

# The points of a walk before it first leaves the window, and the one that left, if one does.
points_inside <- function(walk, window) {
  out <- which(!(window[[1]] <= walk & walk <= window[[2]]))
  if (!length(out)) {
    return(list(points = walk))
  }
  list(points = walk[seq_len(out[[1]] - 1)], left = walk[[out[[1]]]])
}

# What is drawn of one walk, as data frames that know their panel.
walk_scene <- function(curve, walk, window, panel) {
  values <- function(x) as.numeric(curve(torch_tensor(x, dtype = torch_float64())))
  table <- function(x, value, ...) data.frame(panel = panel, x = x, value = value, ...)
  line <- seq(window[[1]], window[[2]], length.out = CURVE_POINTS)
  heights <- values(line)
  inside <- points_inside(walk, window)
  points <- table(inside$points, values(inside$points), step = seq_along(inside$points) - 1)
  beyond <- c(-MARGIN, MARGIN)
  list(
    curve = table(line, heights),
    corners = table(range(window) + diff(window) * beyond, range(heights) + diff(range(heights)) * beyond),
    points = points,
    leaving = if (!is.null(inside$left)) {
      last <- points[nrow(points), ]
      table(last$x, last$value, label = sprintf("  then x = %.3g", inside$left))
    }
  )
}

leaving_layer <- function(leaving, colours) {
  if (is.null(leaving)) {
    return(NULL)
  }
  ggplot2::geom_text(
    ggplot2::aes(x = .data$x, y = .data$value, label = .data$label), leaving,
    hjust = 0, colour = colours$paths[[2]], fontface = "bold", size = text_points(9)
  )
}
