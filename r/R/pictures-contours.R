# Draws paths over the contour lines of a surface.

GRID <- 81
LEVELS <- 14
# A segment longer than this share of the window carries an arrow head.
ARROW_SHARE <- 0.07

# Evaluates a surface on a grid over its window: a data frame of 81 by 81 points, x1 running fastest; fewer where the
# surface says so in its attribute `grid`, one whose values take long. A value that is not finite is NA.
contour_grid <- function(surface, window) {
  count <- attr(surface, "grid") %||% GRID
  grid <- expand.grid(
    x1 = seq(window[[1]], window[[2]], length.out = count),
    x2 = seq(window[[3]], window[[4]], length.out = count)
  )
  columns <- lapply(grid, function(column) torch_tensor(column, dtype = torch_float64()))
  value <- as.numeric(with_no_grad(surface(torch_stack(unname(columns), dim = 2))))
  if (!any(is.finite(value))) {
    gradpath_stop(paste0(
      "surface '", attr(surface, "name"), "': has no finite value in the window; use another window"
    ))
  }
  grid$value <- ifelse(is.finite(value), value, NA)
  grid
}

# 15 levels between the smallest and the largest value, closer where the surface is low. They are the
# quantiles (k/14)^2 of the values: on a bowl the lines come out evenly spaced, and a surface whose values
# span many powers of ten still shows its valley.
contour_levels <- function(values) {
  probabilities <- (seq(0, LEVELS) / LEVELS)^2
  unique(stats::quantile(values, probabilities, names = FALSE, type = 7, na.rm = TRUE))
}

# The numbers (from 1) of the segments of a path that are long enough to carry an arrow head: longer than 7 %
# of the window, with their middle in the window.
arrow_segments <- function(path, window) {
  wide <- window[[2]] - window[[1]]
  high <- window[[4]] - window[[3]]
  length <- sqrt((diff(path$x1) / wide)^2 + (diff(path$x2) / high)^2)
  middle <- middles(path)
  inside <- window[[1]] < middle$x1 & middle$x1 < window[[2]] &
    window[[3]] < middle$x2 & middle$x2 < window[[4]]
  which(length > ARROW_SHARE & inside)
}

middles <- function(path) {
  n <- nrow(path)
  data.frame(x1 = (path$x1[-1] + path$x1[-n]) / 2, x2 = (path$x2[-1] + path$x2[-n]) / 2)
}

# The point of a path, inside the window, that lies farthest from the other paths.
label_anchor <- function(path, others, window) {
  inside <- window[[1]] <= path$x1 & path$x1 <= window[[2]] & window[[3]] <= path$x2 & path$x2 <= window[[4]]
  if (!any(inside)) {
    return(c(path$x1[[1]], path$x2[[1]]))
  }
  path <- path[inside, ]
  chosen <- nrow(path) %/% 2 + 1
  if (length(others)) {
    others <- do.call(rbind, lapply(others, function(other) other[c("x1", "x2")]))
    distance <- sqrt(
      (outer(path$x1, others$x1, `-`) / (window[[2]] - window[[1]]))^2 +
        (outer(path$x2, others$x2, `-`) / (window[[4]] - window[[3]]))^2
    )
    chosen <- which.max(apply(distance, 1, min))
  }
  c(path$x1[[chosen]], path$x2[[chosen]])
}

# Where a label stands, and the point of its path that its line leads to.
label_place <- function(path, others, window, at) {
  high <- window[[4]] - window[[3]]
  if (is.null(at)) {
    anchor <- label_anchor(path, others, window)
    above <- anchor[[2]] < (window[[3]] + window[[4]]) / 2 + high / 4
    return(list(at = c(anchor[[1]], anchor[[2]] + (if (above) 0.06 else -0.06) * high), anchor = anchor))
  }
  points <- rbind(path[c("x1", "x2")], middles(path))
  distance <- ((points$x1 - at[[1]]) / (window[[2]] - window[[1]]))^2 + ((points$x2 - at[[2]]) / high)^2
  list(at = at, anchor = unlist(points[which.min(distance), ], use.names = FALSE))
}

#' Draw paths over the filled contour lines of their surface
#'
#' The start is a ring, each minimum a cross; arrow heads show the direction.
#'
#' @param paths A path as [descend()] returns it, or a list of paths; at most four are told apart by marker
#'   and line.
#' @param surface A surface, its name, or a function; that of the first path if left out. A function is drawn as
#'   [surface()] would take it: of many points, or of a single one, which is called point by point.
#' @param labels One text per path; optimizer and lr if left out.
#' @param label_at A list with one point or `NULL` per path: where its label stands, in coordinates of the
#'   surface; beside its path if left out.
#' @param window `c(x1 from, x1 to, x2 from, x2 to)`. If left out: the surface's own window, or for a function what
#'   the paths reach, with a margin.
#' @param title A text.
#' @param theme `"light"` or `"dark"`.
#' @return A ggplot.
#' @export
#' @examplesIf has_engine()
#' path <- descend("anisotropic_paraboloid", c(5.1, 2.3), "sgd", 40, lr = 0.4)
#' plot_paths(path, title = "Steepest descent in a ravine")
plot_paths <- function(paths, surface = NULL, labels = NULL, label_at = NULL, window = NULL, title = NULL,
                       theme = "light") {
  where <- "plot_paths()"
  check_theme(where, theme)
  if (is.data.frame(paths)) paths <- list(paths)
  drawn <- drawn_surface(where, surface, paths, window)
  surface <- drawn$surface
  window <- drawn$window
  labels <- labels %||% vapply(paths, default_label, "")
  places <- lapply(seq_along(paths), function(k) {
    label_place(paths[[k]], paths[-k], window, if (length(label_at) >= k) label_at[[k]])
  })
  looks <- lapply(seq_along(paths), function(k) path_look(k, theme))

  empty_plot(surface, window, title, theme) +
    Map(leader_layer, places, looks) +
    Map(path_layers, paths, looks) +
    Map(function(path, look) arrow_layer(path, window, look), paths, looks) +
    end_layers(surface, paths[[1]], window, theme) +
    Map(label_layer, places, labels, looks)
}

default_label <- function(path) {
  lr <- attr(path, "hyperparameters")$lr
  # A rule of the reader's own may have no rate.
  paste0(attr(path, "optimizer") %||% "path", if (!is.null(lr)) sprintf(", lr %g", lr))
}
