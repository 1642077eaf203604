# The layers of a picture of paths, each with its sizes in points as in the other language's pictures.

path_look <- function(k, theme) {
  k <- (k - 1) %% 4 + 1
  colours <- THEMES[[theme]]
  list(colour = colours$paths[[k]], paper = colours$paper, marker = MARKERS[[k]], line = LINES[[k]])
}

# The contour lines alone.
empty_plot <- function(surface, window, title, theme) {
  colours <- THEMES[[theme]]
  grid <- contour_grid(surface, window)
  levels <- contour_levels(grid$value)
  # A plain: one band around its height.
  if (length(levels) == 1) levels <- levels + c(-0.5, 0.5)
  shades <- band_colours(length(levels) - 1, theme)
  at <- ggplot2::aes(x = .data$x1, y = .data$x2, z = .data$value)
  plot <- ggplot2::ggplot() +
    ggplot2::geom_contour_filled(at, grid, breaks = levels, show.legend = FALSE, na.rm = TRUE) +
    contour_lines(at, grid, levels[-c(1, length(levels))], colours) +
    ggplot2::scale_fill_manual(values = shades, drop = FALSE) +
    ggplot2::scale_x_continuous(n.breaks = 9) +
    ggplot2::scale_y_continuous(n.breaks = 9) +
    ggplot2::coord_cartesian(window[1:2], window[3:4], expand = FALSE) +
    ggplot2::labs(x = expression(x[1]), y = expression(x[2]), title = title) +
    picture_theme(colours)
  # A square window is drawn square, so that a round bowl looks round.
  square <- window[[2]] - window[[1]] == window[[4]] - window[[3]]
  attr(plot, "size") <- if (square) c(5.6, 5.6) else c(7.2, 4.8)
  plot
}

# The colours of so many bands between contour lines, the lowest first.
band_colours <- function(bands, theme) {
  grDevices::colorRampPalette(c(THEMES[[theme]]$low, THEMES[[theme]]$high))(bands)
}

contour_lines <- function(at, grid, levels, colours) {
  if (length(levels)) {
    ggplot2::geom_contour(at, grid, breaks = levels, colour = colours$line, linewidth = line_points(0.6),
                          na.rm = TRUE)
  }
}

path_layers <- function(path, look) {
  at <- ggplot2::aes(x = .data$x1, y = .data$x2)
  list(
    ggplot2::geom_path(at, path, colour = look$colour, linetype = look$line, linewidth = line_points(1.6)),
    ggplot2::geom_point(at, path, shape = look$marker, size = marker_points(5, 0.6),
                        fill = look$colour, colour = look$paper, stroke = edge_points(0.6))
  )
}

# The head sits at the middle of its segment, where neither end's marker hides it.
arrow_layer <- function(path, window, look) {
  i <- arrow_segments(path, window)
  if (!length(i)) {
    return(NULL)
  }
  tip <- middles(path)[i, ]
  back <- 0.02
  heads <- data.frame(
    x1 = tip$x1,
    x2 = tip$x2,
    from1 = tip$x1 - (path$x1[i + 1] - path$x1[i]) * back,
    from2 = tip$x2 - (path$x2[i + 1] - path$x2[i]) * back
  )
  ggplot2::geom_segment(
    ggplot2::aes(x = .data$from1, y = .data$from2, xend = .data$x1, yend = .data$x2), heads,
    colour = look$colour, linewidth = line_points(0.5), linejoin = "mitre",
    arrow = grid::arrow(angle = 26.6, length = grid::unit(5.4, "pt"), type = "closed")
  )
}

leader_layer <- function(place, look) {
  ends <- data.frame(x1 = c(place$at[[1]], place$anchor[[1]]), x2 = c(place$at[[2]], place$anchor[[2]]))
  ggplot2::geom_path(ggplot2::aes(x = .data$x1, y = .data$x2), ends, colour = look$colour,
                     linewidth = line_points(0.7))
}

label_layer <- function(place, label, look) {
  halo_text(place$at, label, look$colour, look$paper, face = "bold")
}

end_layers <- function(surface, path, window, theme) {
  colours <- THEMES[[theme]]
  start <- path[1, ]
  at <- ggplot2::aes(x = .data$x1, y = .data$x2)
  minima <- attr(surface, "minima")
  crosses <- if (length(minima)) {
    ends <- data.frame(x1 = vapply(minima, `[[`, 1, 1), x2 = vapply(minima, `[[`, 1, 2))
    ggplot2::geom_point(at, ends, shape = 4, size = marker_points(9, 2), stroke = edge_points(2),
                        colour = colours$ink)
  }
  beside <- c(start$x1 + (window[[2]] - window[[1]]) * 0.02, start$x2)
  list(
    ggplot2::geom_point(at, start, shape = 21, size = marker_points(11, 1.8), stroke = edge_points(1.8),
                        fill = NA, colour = colours$ink),
    halo_text(beside, " start", colours$ink, colours$paper, hjust = 0),
    crosses
  )
}

# Text over a seam of paper, readable on lines: the same text sixteen times around it, then itself.
halo_text <- function(at, label, colour, paper, face = "plain", hjust = 0.5) {
  angles <- seq(0, 2 * pi, length.out = 17)[-17]
  font <- function(colour) grid::gpar(col = colour, fontsize = 10, fontface = face)
  write <- function(colour, dx = 0, dy = 0) {
    x <- grid::unit(hjust, "npc") + grid::unit(dx, "pt")
    y <- grid::unit(0.5, "npc") + grid::unit(dy, "pt")
    grid::textGrob(label, x, y, hjust = hjust, gp = font(colour))
  }
  seam <- Map(function(angle) write(paper, 1.5 * cos(angle), 1.5 * sin(angle)), angles)
  tree <- do.call(grid::grobTree, c(seam, list(write(colour))))
  ggplot2::annotation_custom(tree, at[[1]], at[[1]], at[[2]], at[[2]])
}
