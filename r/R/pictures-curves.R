# What pictures of training runs are made of: which panels, which limits, where labels stand, how runs look.

#' @include pictures-canvas.R
NULL

# A table over several seeds has the lowest and the highest number of every mean beside it.
RANGE <- c("_low", "_high")
PARTS <- c(train = "training", validation = "validation", test = "test")
# Labels keep this share of a panel's height between them.
LABEL_GAP <- 0.085
MARKERS_PER_LINE <- 10

# How every run looks: a group has a colour and a marker, its runs differ in their lines. Where every group
# has one run, the lines differ from group to group.
curve_looks <- function(groups, theme) {
  colours <- c(THEMES[[theme]]$paths, MORE_COLOURS[[theme]])
  turn <- function(values, k) values[[(k - 1) %% length(values) + 1]]
  lapply(seq_along(groups), function(k) {
    g <- match(groups[[k]], unique(groups))
    line <- if (anyDuplicated(groups)) sum(groups[seq_len(k)] == groups[[k]]) else g
    list(colour = turn(colours, g), marker = turn(CURVE_MARKERS, g), line = turn(LINES, line))
  })
}

filled_tables <- function(tables) {
  filled <- Filter(nrow, tables)
  if (length(filled)) filled else tables[1]
}

# The parts of the data that the runs with at least one epoch were measured on.
parts_of <- function(tables) {
  measured <- function(part) {
    all(vapply(filled_tables(tables), function(table) paste0(part, "_loss") %in% names(table), TRUE))
  }
  Filter(measured, names(PARTS))
}

# What was measured: the loss, then the scores.
measures_of <- function(tables) {
  filled <- filled_tables(tables)
  names <- sub("^train_", "", grep("^train_", names(filled[[1]]), value = TRUE))
  names <- grep("(_low|_high)$", names, value = TRUE, invert = TRUE)
  known <- lapply(filled, names)
  in_all <- function(name) all(vapply(known, function(columns) paste0("train_", name) %in% columns, TRUE))
  Filter(in_all, names)
}

# The epoch in which a run diverged; NULL if it did not.
diverged_in <- function(table) {
  status <- attr(table, "status") %||% ""
  said <- "^diverged in epoch ([0-9]+).*"
  if (grepl(said, status)) as.integer(sub(said, "\\1", status))
}

# The limits of a measure's axis. They hold every value but those of the first quarter of the epochs, which
# may leave the picture: a steep start would press the rest flat.
measure_limits <- function(tables, parts, measure) {
  filled <- Filter(nrow, tables)
  last <- max(1, vapply(filled, function(table) max(table$epoch), 1))
  values <- lapply(filled, function(table) {
    late <- table$epoch > last / 4
    if (any(late)) table <- table[late, ]
    columns <- outer(paste(parts, measure, sep = "_"), c("", RANGE), paste0)
    unlist(table[intersect(columns, names(table))])
  })
  padded(unlist(values) %||% c(0, 1))
}

# The range of values with a margin of 6 % on both sides.
padded <- function(values) {
  low <- min(values)
  high <- max(values)
  margin <- 0.06 * if (high > low) high - low else if (high != 0) abs(high) else 1
  c(low - margin, high + margin)
}

# Heights, as shares of a panel, close to the wanted ones and at least `gap` apart. Labels that would overlap
# become a block, which stands where its members wanted to be on average.
spread_labels <- function(wanted, gap = LABEL_GAP) {
  foot <- function(block) {
    high <- length(block) * gap
    # A block does not leave the panel, unless it is higher than that.
    min(max(mean(wanted[block]) - high / 2, -gap / 2), max(1 + gap / 2 - high, -gap / 2))
  }
  blocks <- list()
  for (i in order(wanted)) {
    blocks <- c(blocks, list(i))
    n <- length(blocks)
    while (n > 1 && foot(blocks[[n]]) < foot(blocks[[n - 1]]) + gap * length(blocks[[n - 1]])) {
      blocks[[n - 1]] <- c(blocks[[n - 1]], blocks[[n]])
      blocks[[n]] <- NULL
      n <- n - 1
    }
  }
  placed <- numeric(length(wanted))
  for (block in blocks) placed[block] <- foot(block) + gap * (seq_along(block) - 0.5)
  placed
}

# The parts of a line between two heights, as points of pieces that are drawn one by one.
cut_line <- function(x, y, low, high) {
  inside <- y >= low & y <= high
  if (length(x) < 2) {
    return(data.frame(x = x[inside], y = y[inside], piece = rep(1L, sum(inside))))
  }
  from <- seq_len(length(x) - 1)
  rise <- y[from + 1] - y[from]
  at <- function(limit) ifelse(rise == 0, ifelse(inside[from], 0, Inf), (limit - y[from]) / rise)
  begin <- pmax(0, pmin(at(low), at(high)))
  end <- ifelse(rise == 0 & inside[from], 1, pmin(1, pmax(at(low), at(high))))
  keep <- which(begin < end)
  # A piece ends where the line leaves the picture.
  broken <- diff(keep) > 1 | begin[keep][-1] > 0 | utils::head(end[keep], -1) < 1
  piece <- cumsum(c(TRUE, broken))[seq_along(keep)]
  point <- function(share) {
    data.frame(
      x = x[keep] + share * (x[keep + 1] - x[keep]), y = y[keep] + share * rise[keep], piece = piece
    )
  }
  points <- rbind(point(begin[keep]), point(end[keep]))
  unique(points[order(points$piece, points$x), ])
}

# Where a run that diverged is heading: an infinite loss, and no score worth having.
worst_edge <- function(measure, limits) if (measure == "loss") limits[[2]] else limits[[1]]

# Of a table of one seed, the range is the number itself.
measured_values <- function(table, part, measure, suffix = "") {
  name <- paste(part, measure, sep = "_")
  ranged <- paste0(name, suffix)
  if (nrow(table)) table[[if (ranged %in% names(table)) ranged else name]] else numeric()
}

# The band between the lowest and the highest number of several seeds, as far as it lies within the limits: beyond
# them it would stretch the axis. NULL for a table of one.
band_rows <- function(table, part, measure, look, path, limits) {
  within <- function(values) pmin(pmax(values, limits[[1]]), limits[[2]])
  if (paste0(part, "_", measure, "_low") %in% names(table) && nrow(table)) {
    data.frame(
      x = as.numeric(table$epoch), low = within(measured_values(table, part, measure, "_low")),
      high = within(measured_values(table, part, measure, "_high")), path = as.character(path),
      colour = look$colour
    )
  }
}

# One line as rows of a panel: what lies within the limits, with a marker at every so many points.
line_rows <- function(x, y, look, limits, path, every, line = look$line) {
  paths <- cut_line(x, y, limits[[1]], limits[[2]])
  marked <- seq_along(x) %% every == 1 | every == 1
  marked <- marked & y >= limits[[1]] & y <= limits[[2]]
  list(
    paths = if (nrow(paths)) {
      data.frame(paths[c("x", "y")], path = paste(path, paths$piece), colour = look$colour, line = line)
    },
    points = if (any(marked)) {
      data.frame(x = x[marked], y = y[marked], shape = look$marker, colour = look$colour)
    }
  )
}

# One panel of curves against the epoch.
draw_curves <- function(tables, part, measure, labels, groups, limits, theme) {
  edge <- worst_edge(measure, limits)
  pieces <- Map(function(table, label, look, k) {
    x <- as.numeric(table$epoch)
    y <- measured_values(table, part, measure)
    n <- length(x)
    drawn <- line_rows(x, y, look, limits, k, ceiling(n / MARKERS_PER_LINE))
    drawn$bands <- band_rows(table, part, measure, look, k, limits)
    broken <- diverged_in(table)
    if (is.null(broken)) {
      return(c(drawn, list(ends = data.frame(x = x[n], y = y[n], label = label, colour = look$colour))))
    }
    fall <- if (n) line_rows(c(x[n], broken), c(y[n], edge), look, limits, paste(k, "falls"), Inf, "12")
    c(list(paths = rbind(drawn$paths, fall$paths), points = drawn$points, bands = drawn$bands), list(
      crosses = data.frame(x = broken, y = edge, colour = look$colour),
      ends = data.frame(
        x = broken, y = edge, label = sprintf("%s: diverged in epoch %d", label, broken), colour = look$colour
      )
    ))
  }, tables, labels, curve_looks(groups, theme), seq_along(tables))
  bound_pieces(pieces, limits, epoch_axis(tables)$limits[[1]])
}

# One panel of scores after the last epoch, one line per group.
draw_against <- function(tables, part, measure, groups, against, limits, theme) {
  edge <- worst_edge(measure, limits)
  x <- log2(as.numeric(against))
  last_of <- function(suffix) {
    vapply(tables, function(table) {
      if (went_well(table)) utils::tail(measured_values(table, part, measure, suffix), 1) else NA_real_
    }, 1)
  }
  final <- last_of("")
  low <- last_of("_low")
  high <- last_of("_high")
  known <- unique(groups)
  pieces <- Map(function(group, look) {
    own <- which(groups == group)
    own <- own[order(x[own])]
    good <- own[!is.na(final[own])]
    bad <- setdiff(own, good)
    last <- if (length(good)) utils::tail(good, 1) else utils::tail(own, 1)
    c(line_rows(x[good], final[good], look, limits, group, 1), list(
      crosses = if (length(bad)) data.frame(x = x[bad], y = edge, colour = look$colour),
      bars = if (length(good)) data.frame(x = x[good], low = low[good], high = high[good], colour = look$colour),
      ends = data.frame(
        x = x[last], y = if (length(good)) final[last] else edge, label = group, colour = look$colour
      )
    ))
  }, known, curve_looks(known, theme))
  bound_pieces(pieces, limits, min(x))
}

# The rows of all lines of a panel by kind, the heights of their labels, and two corners that hold the limits.
bound_pieces <- function(pieces, limits, x) {
  kinds <- c("bands", "bars", "paths", "points", "crosses", "ends")
  rows <- lapply(stats::setNames(nm = kinds), function(kind) {
    do.call(rbind, unname(lapply(pieces, `[[`, kind)))
  })
  high <- limits[[2]] - limits[[1]]
  rows$ends$y <- pmin(pmax(rows$ends$y, limits[[1]]), limits[[2]])
  rows$ends$at <- limits[[1]] + high * spread_labels((rows$ends$y - limits[[1]]) / high)
  c(rows, list(corners = data.frame(x = x, y = limits)))
}

went_well <- function(table) nrow(table) > 0 && is.null(diverged_in(table))

final_limits <- function(tables, parts, measure) {
  values <- lapply(Filter(went_well, tables), function(table) {
    of_part <- function(part, suffix) utils::tail(measured_values(table, part, measure, suffix), 1)
    outer(parts, c("", RANGE), Vectorize(of_part))
  })
  padded(unlist(values) %||% c(0, 1))
}

epoch_axis <- function(tables) {
  last <- max(1, unlist(lapply(tables, function(table) c(table$epoch, diverged_in(table)))))
  room <- if (last > 1) 0.03 * (last - 1) else 0.5
  breaks <- unique(round(pretty(c(1, last), 6)))
  breaks <- breaks[breaks >= 1 & breaks <= last]
  list(limits = c(1 - room, last + room), breaks = breaks, labels = breaks)
}

number_axis <- function(against) {
  numbers <- sort(unique(as.numeric(against)))
  list(limits = range(log2(numbers)) + c(-0.2, 0.2), breaks = log2(numbers), labels = sprintf("%g", numbers))
}
