# Draws paths down a surface seen from the side.

#' @include pictures-canvas.R pictures-drawn_surfaces.R
NULL

HEIGHTS <- c("value", "root")
# How many facets there are at most along each axis, and into how many pieces a step is cut to follow them.
FACETS <- 40
PIECES <- 12
# How long the sides of the picture's box are: x1, x2 and height.
BOX <- c(4, 4, 3)
# On dark paper the facets' own colours would be lost.
GAIN <- c(light = 1, dark = 1.6)
# Of a path with more points only so many, evenly spread, carry a marker.
MOST_MARKERS <- 30
# Where the light comes from, at a distance of 1.
LIGHT <- c(-0.64, -0.48, 0.6)

#' Draw paths down their surface, seen from the side
#'
#' The colours are those of the contour lines. A step is straight in x1 and x2 and laid onto the surface. A path is
#' drawn in front of the surface, also where a hill stands before it.
#'
#' @param paths,surface,labels,window,title,theme As for [plot_paths()]. What lies outside of the window is not drawn.
#' @param height What the height is: `"value"`, or `"root"`, the square root of how far the value is above the lowest
#'   one in the picture, which shows the floor of a valley whose walls are high.
#' @param turn,tilt From where it is seen, in degrees: around the vertical axis, and above the ground.
#' @return A ggplot. Bad input stops with one line.
#' @export
#' @examplesIf has_engine()
#' path <- descend("rosenbrock", c(-1.5, 2), "momentum", 150, lr = 0.001, momentum = 0.9)
#' plot_paths_3d(path, height = "root")
plot_paths_3d <- function(paths, surface = NULL, labels = NULL, window = NULL, title = NULL, theme = "light",
                          height = "value", turn = -60, tilt = 35) {
  where <- "plot_paths_3d()"
  check_theme(where, theme)
  if (is.data.frame(paths)) paths <- list(paths)
  check_height(where, height)
  angles <- list(turn = turn, tilt = tilt)
  for (field in names(angles)) {
    if (!is_number(angles[[field]])) refuse(where, field, angles[[field]], "a finite number of degrees")
  }
  drawn <- drawn_surface(where, surface, paths, window)
  labels <- labels %||% vapply(paths, default_label, "")
  relief <- relief_of(drawn$surface, drawn$window, height)
  view <- view_of(relief, turn, tilt)
  looks <- lapply(seq_along(paths), function(k) path_look(k, theme))
  on_it <- function(path) laid_on(relief, drawn$surface, path)

  plot <- ggplot2::ggplot() +
    box_layers(relief, view, theme) +
    facet_layer(relief, view, theme) +
    Map(function(path, look) relief_path_layers(on_it(path), view, look), paths, looks) +
    relief_end_layers(on_it, drawn$surface, paths[[1]], view, theme) +
    lapply(seq_along(paths), function(k) {
      anchor <- label_anchor(paths[[k]], paths[-k], drawn$window)
      spot <- view(on_it(data.frame(x1 = anchor[[1]], x2 = anchor[[2]]))$points)
      above <- unlist(spot[1:2]) + c(0, 0.2)
      if (!anyNA(spot)) halo_text(above, labels[[k]], looks[[k]]$colour, looks[[k]]$paper, "bold")
    }) +
    ggplot2::coord_fixed(clip = "off") +
    ggplot2::labs(title = title) +
    picture_theme(THEMES[[theme]]) +
    ggplot2::theme(
      axis.text.x = ggplot2::element_blank(), axis.text.y = ggplot2::element_blank(),
      axis.ticks = ggplot2::element_blank(), axis.title = ggplot2::element_blank(),
      panel.background = ggplot2::element_rect(fill = THEMES[[theme]]$paper, colour = NA)
    )
  attr(plot, "size") <- c(6.4, 5.2)
  plot
}

# Refuses what is no kind of height.
check_height <- function(where, height) {
  if (!one_text_of(HEIGHTS)(height)) refuse(where, "height", height, one_of(HEIGHTS))
}

# A surface over its window as facets: `x1` and `x2`, where they meet; `values`, a matrix with a row for each x2;
# `levels`, those of the contour lines; the `lowest` value of all; `height_of(values)`; and the `window`.
relief_of <- function(surface, window, height) {
  grid <- contour_grid(surface, window)
  x1 <- unique(grid$x1)
  x2 <- unique(grid$x2)
  every <- max((length(x1) - 1) %/% FACETS, 1)
  values <- matrix(grid$value, length(x2), length(x1), byrow = TRUE)
  lowest <- min(values, na.rm = TRUE)
  height_of <- function(values) if (height == "value") values else sqrt(pmax(values - lowest, 0))
  kept1 <- seq(1, length(x1), every)
  kept2 <- seq(1, length(x2), every)
  list(
    x1 = x1[kept1], x2 = x2[kept2], values = values[kept2, kept1], levels = contour_levels(grid$value),
    lowest = lowest, height = height, height_of = height_of, window = window
  )
}

# A path as a line and as points, each a data frame of x1, x2 and height, NA outside of the window.
laid_on <- function(relief, surface, path) {
  share <- (seq_len(PIECES) - 1) / PIECES
  # Of the pieces of each step, the start is one; the last point ends the line.
  cut_up <- function(x) c(as.vector(outer(share, diff(x)) + rep(x[-length(x)], each = PIECES)), x[length(x)])
  fine <- lapply(path[c("x1", "x2")], cut_up)
  columns <- lapply(unname(fine), function(column) torch_tensor(column, dtype = torch_float64()))
  values <- as.numeric(with_no_grad(surface(torch_stack(columns, dim = 2))))
  window <- relief$window
  inside <- window[[1]] <= fine$x1 & fine$x1 <= window[[2]] & window[[3]] <= fine$x2 & fine$x2 <= window[[4]] &
    is.finite(values)
  line <- data.frame(x1 = fine$x1, x2 = fine$x2, height = relief$height_of(values))
  line[!inside, ] <- NA
  list(line = line, points = line[seq(1, nrow(line), PIECES), ])
}

# What stands beside the vertical axis.
height_label <- function(height) if (height == "value") "value" else "\u221a(value \u2212 lowest)"

# A function that lays points in space, a data frame of x1, x2 and height, onto the paper: how far to the right and up
# each is, and how near. The box is seen from so far away that its parallel edges stay parallel.
view_of <- function(relief, turn, tilt) {
  heights <- range(relief$height_of(relief$values), na.rm = TRUE)
  if (diff(heights) == 0) heights <- heights + c(-0.5, 0.5)
  lowest <- c(relief$window[[1]], relief$window[[3]], heights[[1]])
  highest <- c(relief$window[[2]], relief$window[[4]], heights[[2]])
  turn <- turn * pi / 180
  tilt <- tilt * pi / 180
  right <- c(-sin(turn), cos(turn), 0)
  up <- c(-sin(tilt) * cos(turn), -sin(tilt) * sin(turn), cos(tilt))
  near <- c(cos(tilt) * cos(turn), cos(tilt) * sin(turn), sin(tilt))
  view <- function(points) {
    shares <- Map(function(x, low, high, side) ((x - low) / (high - low) - 0.5) * side, points, lowest, highest, BOX)
    along <- function(axis) shares[[1]] * axis[[1]] + shares[[2]] * axis[[2]] + shares[[3]] * axis[[3]]
    data.frame(right = along(right), up = along(up), near = along(near))
  }
  structure(view, lowest = lowest, highest = highest, near = near)
}

# The facets, the farthest first, each in the colour of the band in which its middle lies, in a light from the left.
facet_layer <- function(relief, view, theme) {
  height <- relief$height_of(relief$values)
  rows <- nrow(height) - 1
  columns <- ncol(height) - 1
  corner <- function(matrix, down, right) matrix[seq_len(rows) + down, seq_len(columns) + right]
  mean_of <- function(matrix) {
    (corner(matrix, 0, 0) + corner(matrix, 0, 1) + corner(matrix, 1, 0) + corner(matrix, 1, 1)) / 4
  }
  bands <- band_colours(max(length(relief$levels) - 1, 1), theme)
  band <- findInterval(mean_of(relief$values), relief$levels, left.open = TRUE)
  light <- as.vector(facet_light(height, rows, columns)) * GAIN[[theme]]
  painted <- lit(bands[pmin(pmax(band, 1), length(bands))], light)
  x1 <- matrix(relief$x1, rows + 1, columns + 1, byrow = TRUE)
  x2 <- matrix(relief$x2, rows + 1, columns + 1)
  corners <- lapply(list(c(0, 0), c(0, 1), c(1, 1), c(1, 0)), function(at) {
    pick <- function(matrix) as.vector(corner(matrix, at[[1]], at[[2]]))
    view(data.frame(x1 = pick(x1), x2 = pick(x2), height = pick(height)))
  })
  near <- Reduce(`+`, lapply(corners, `[[`, "near"))
  shown <- order(near)
  shown <- shown[!is.na(near[shown])]
  polygons <- data.frame(
    right = as.vector(do.call(rbind, lapply(corners, function(c) c$right[shown]))),
    up = as.vector(do.call(rbind, lapply(corners, function(c) c$up[shown]))),
    facet = rep(seq_along(shown), each = 4)
  )
  ggplot2::geom_polygon(
    ggplot2::aes(x = .data$right, y = .data$up, group = .data$facet), polygons,
    fill = rep(painted[shown], each = 4), colour = THEMES[[theme]]$line, linewidth = line_points(0.25)
  )
}

# How bright each facet is, from 0.7 to 1, in the proportions in which it is drawn.
facet_light <- function(height, rows, columns) {
  spread <- diff(range(height, na.rm = TRUE))
  z <- height / (if (spread == 0) 1 else spread) * BOX[[3]]
  at <- function(down, right) z[seq_len(rows) + down, seq_len(columns) + right]
  along1 <- (at(1, 1) + at(0, 1) - at(1, 0) - at(0, 0)) / 2 * columns / BOX[[1]]
  along2 <- (at(1, 1) + at(1, 0) - at(0, 1) - at(0, 0)) / 2 * rows / BOX[[2]]
  across <- (-along1 * LIGHT[[1]] - along2 * LIGHT[[2]] + LIGHT[[3]]) / sqrt(along1^2 + along2^2 + 1)
  0.7 + 0.3 * pmax(across, 0)
}

# Colours as bright as a light makes them.
lit <- function(colours, light) {
  light[is.na(light)] <- 1
  numbers <- pmin(t(grDevices::col2rgb(colours)) * light, 255)
  grDevices::rgb(numbers, maxColorValue = 255)
}

relief_path_layers <- function(laid, view, look) {
  at <- ggplot2::aes(x = .data$right, y = .data$up)
  points <- laid$points[seq(1, nrow(laid$points), ceiling(nrow(laid$points) / MOST_MARKERS)), ]
  list(
    ggplot2::geom_path(at, view(laid$line), colour = look$colour, linetype = look$line, linewidth = line_points(1.8),
                       na.rm = TRUE),
    ggplot2::geom_point(at, view(points), shape = look$marker, size = marker_points(4.5, 0.6), fill = look$colour,
                        colour = look$paper, stroke = edge_points(0.6), na.rm = TRUE)
  )
}

relief_end_layers <- function(on_it, surface, path, view, theme) {
  colours <- THEMES[[theme]]
  at <- ggplot2::aes(x = .data$right, y = .data$up)
  spots <- function(points) {
    found <- view(on_it(data.frame(x1 = vapply(points, `[[`, 1, 1), x2 = vapply(points, `[[`, 1, 2)))$points)
    found[stats::complete.cases(found), ]
  }
  start <- spots(list(c(path$x1[[1]], path$x2[[1]])))
  # One at a time: as points of one path they would be laid onto the surface step by step.
  minima <- do.call(rbind, lapply(attr(surface, "minima"), function(minimum) spots(list(minimum))))
  list(
    if (nrow(start)) {
      list(
        ggplot2::geom_point(at, start, shape = 21, size = marker_points(10, 1.8), stroke = edge_points(1.8),
                            fill = NA, colour = colours$ink),
        halo_text(c(start$right + 0.16, start$up), "start", colours$ink, colours$paper, hjust = 0)
      )
    },
    if (NROW(minima)) {
      ggplot2::geom_point(at, minima, shape = 4, size = marker_points(8, 2), stroke = edge_points(2),
                          colour = colours$ink)
    }
  )
}
