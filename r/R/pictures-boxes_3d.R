# The box around a surface seen from the side: its three walls that lie behind, their grid, the numbers along them.

# Layers of the walls, the ticks and the labels of the axes.
box_layers <- function(relief, view, theme) {
  colours <- THEMES[[theme]]
  ends <- rbind(attr(view, "lowest"), attr(view, "highest"))
  # Of each pair of walls the one that lies behind; 2 where that is the one at the highest number.
  behind <- ifelse(attr(view, "near") > 0, 1, 2)
  ticks <- lapply(1:3, function(axis) {
    marks <- pretty(ends[, axis], 5)
    marks[marks >= ends[1, axis] & marks <= ends[2, axis]]
  })
  walls <- lapply(1:3, function(axis) wall_of(axis, ends, behind, view))
  lines <- do.call(rbind, lapply(1:3, function(axis) grid_of(axis, ends, behind, ticks, view)))
  labels <- do.call(rbind, lapply(1:3, function(axis) axis_labels(axis, ends, behind, ticks[[axis]], view)))
  names <- do.call(rbind, lapply(1:3, function(axis) axis_name(axis, ends, behind, view)))
  names$text <- c("x\u2081", "x\u2082", height_label(relief$height))
  c(
    lapply(walls, function(wall) {
      ggplot2::geom_polygon(ggplot2::aes(x = .data$right, y = .data$up), wall, fill = colours$high)
    }),
    list(
      ggplot2::geom_segment(
        ggplot2::aes(x = .data$right, y = .data$up, xend = .data$right_to, yend = .data$up_to), lines,
        colour = colours$line, linewidth = line_points(0.4)
      ),
      ggplot2::geom_text(
        ggplot2::aes(x = .data$right, y = .data$up, label = .data$text), labels, colour = colours$ink,
        size = text_points(8)
      ),
      ggplot2::geom_text(
        ggplot2::aes(x = .data$right, y = .data$up, label = .data$text), names, angle = c(0, 0, 90),
        colour = colours$ink, size = text_points(10)
      )
    )
  )
}

in_space <- function(points) data.frame(x1 = points[, 1], x2 = points[, 2], height = points[, 3])

wall_of <- function(axis, ends, behind, view) {
  others <- setdiff(1:3, axis)
  corners <- matrix(ends[behind[[axis]], axis], 4, 3)
  corners[, others[[1]]] <- ends[c(1, 2, 2, 1), others[[1]]]
  corners[, others[[2]]] <- ends[c(1, 1, 2, 2), others[[2]]]
  view(in_space(corners))
}

# The lines at the ticks of an axis, across the two walls that it runs along.
grid_of <- function(axis, ends, behind, ticks, view) {
  others <- setdiff(1:3, axis)
  marks <- ticks[[axis]]
  across <- function(wall, along) {
    from <- matrix(0, length(marks), 3)
    from[, axis] <- marks
    from[, wall] <- ends[behind[[wall]], wall]
    to <- from
    from[, along] <- ends[1, along]
    to[, along] <- ends[2, along]
    a <- view(in_space(from))
    b <- view(in_space(to))
    data.frame(right = a$right, up = a$up, right_to = b$right, up_to = b$up)
  }
  rbind(across(others[[1]], others[[2]]), across(others[[2]], others[[1]]))
}

# Points beside the edge at which an axis is written: that of the ground for x1 and x2, in front; for the height the
# upright edge farthest to the right.
beside_edge <- function(axis, at, ends, behind, view, away) {
  edge <- matrix(0, length(at), 3)
  edge[, axis] <- at
  if (axis == 3) {
    corners <- expand.grid(x1 = ends[, 1], x2 = ends[, 2], height = ends[1, 3])
    chosen <- which.max(view(corners)$right)
    edge[, 1] <- corners$x1[[chosen]]
    edge[, 2] <- corners$x2[[chosen]]
    spots <- view(in_space(edge))
    # Higher than its tick, so that the lowest is not written over the last of the ground.
    spots$right <- spots$right + away
    spots$up <- spots$up + 0.06
    return(spots)
  }
  other <- 3 - axis
  edge[, other] <- ends[3 - behind[[other]], other]
  edge[, 3] <- ends[behind[[3]], 3]
  outward <- edge
  outward[, other] <- edge[, other] + (edge[1, other] - ends[behind[[other]], other]) * away / BOX[[other]]
  view(in_space(outward))
}

axis_labels <- function(axis, ends, behind, ticks, view) {
  spots <- beside_edge(axis, ticks, ends, behind, view, 0.3)
  spots$text <- format(ticks, trim = TRUE, digits = 4)
  spots
}

axis_name <- function(axis, ends, behind, view) {
  beside_edge(axis, mean(ends[, axis]), ends, behind, view, 0.75)
}
