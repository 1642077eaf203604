# Draws rates against steps.

PANELS_PER_ROW <- 3

#' Draw sequences of rates against the step
#'
#' One small picture each. The rate at step t is drawn from t to t + 1, with a dot at t. All pictures have
#' the same axes.
#'
#' @param rates A list of sequences as [schedule_rates()] gives them, one per picture.
#' @param labels What stands above each picture; nothing if left out.
#' @param title A text.
#' @param theme `"light"` or `"dark"`.
#' @return A ggplot. A theme that does not exist stops with one line.
#' @export
#' @examples
#' rate <- make_schedule(list(name = "cosine", steps = 40), lr = 0.1)
#' plot_schedules(list(vapply(0:39, rate, 1)), title = "Cosine")
plot_schedules <- function(rates, labels = NULL, title = NULL, theme = "light") {
  check_theme("plot_schedules()", theme)
  check_rates("plot_schedules()", rates)
  colours <- THEMES[[theme]]
  small <- length(rates) > 1
  panels <- seq_along(rates)
  # The last rate holds for one step like every other.
  lines <- do.call(rbind, lapply(panels, function(k) {
    one <- rates[[k]]
    data.frame(panel = k, step = seq(0, length(one)), lr = c(one, one[length(one)]))
  }))
  dots <- lines[lines$step < lengths(rates)[lines$panel], ]
  at <- ggplot2::aes(x = .data$step, y = .data$lr)
  titles <- stats::setNames(labels %||% rep("", length(rates)), panels)
  highest <- max(unlist(rates))
  width <- line_points(if (small) 1.2 else 1.6)
  plot <- ggplot2::ggplot() +
    ggplot2::geom_step(at, lines, colour = colours$paths[[1]], linewidth = width) +
    ggplot2::geom_point(at, dots, colour = colours$paths[[1]], shape = 16,
                        size = marker_points(if (small) 1.6 else 3.2, 0)) +
    ggplot2::facet_wrap(ggplot2::vars(.data$panel), ncol = min(PANELS_PER_ROW, length(rates)),
                        labeller = ggplot2::as_labeller(titles)) +
    ggplot2::coord_cartesian(ylim = c(-0.04, 1.08) * highest, expand = FALSE) +
    ggplot2::labs(x = "step", y = "learning rate", title = title) +
    picture_theme(colours) +
    panel_theme(colours, small, !is.null(labels))
  rows <- ceiling(length(rates) / PANELS_PER_ROW)
  attr(plot, "size") <- if (small) c(7.2, 1.75 * rows) else c(7.2, 3.2)
  plot
}

# Refuses no sequence of rates at all, and one without a rate.
check_rates <- function(where, rates) {
  if (!length(rates) || any(lengths(rates) == 0)) {
    refuse(where, "rates", lapply(rates, as.list), "one sequence of rates per picture, each with a rate")
  }
}
