# The canvas that every picture begins with: its sizes, theme and titles, and how it is saved.

#' @include pictures-colours.R
NULL

# Refuses a theme that does not exist.
check_theme <- function(where, theme) {
  if (!one_text_of(names(THEMES))(theme)) refuse(where, "theme", theme, one_of(names(THEMES)))
}

# ggplot2 counts widths of lines and sizes of letters in millimetres.
line_points <- function(points) points * 96 / 72 / ggplot2::.pt
text_points <- function(points) points / ggplot2::.pt
edge_points <- function(points) points * 96 / 72 / (ggplot2::.stroke / 2)
# A marker of R is 0.75 as wide as its font size, to which ggplot2 adds the width of its edge.
marker_points <- function(points, edge) (points / 0.75 - edge * 96 / 72) / ggplot2::.pt

picture_theme <- function(colours) {
  text <- function(size, ...) ggplot2::element_text(colour = colours$ink, size = size, ...)
  ggplot2::theme(
    plot.background = ggplot2::element_rect(fill = colours$paper, colour = NA),
    panel.background = ggplot2::element_rect(fill = colours$high, colour = NA),
    panel.grid = ggplot2::element_blank(),
    axis.ticks = ggplot2::element_line(colour = colours$ink, linewidth = line_points(0.8)),
    axis.ticks.length = grid::unit(3, "pt"),
    axis.text.x = text(9, margin = ggplot2::margin(t = 3)),
    axis.text.y = text(9, margin = ggplot2::margin(r = 3)),
    axis.title = text(11),
    plot.title = text(12, face = "bold"),
    plot.margin = grid::unit(c(5, 9, 4, 4), "pt")
  )
}

panel_theme <- function(colours, small, labelled) {
  margin <- ggplot2::margin(2, 0, 2, 0)
  label <- ggplot2::element_text(colour = colours$ink, size = 8.5, hjust = 0, margin = margin)
  size <- if (small) 7 else 9
  ggplot2::theme(
    strip.background = ggplot2::element_blank(),
    strip.text = if (labelled) label else ggplot2::element_blank(),
    panel.grid.major = ggplot2::element_line(colour = colours$line, linewidth = line_points(0.2)),
    panel.spacing.x = grid::unit(9, "pt"),
    plot.title.position = "plot",
    axis.text.x = ggplot2::element_text(colour = colours$ink, size = size, margin = ggplot2::margin(t = 3)),
    axis.text.y = ggplot2::element_text(colour = colours$ink, size = size, margin = ggplot2::margin(r = 3))
  )
}

#' Save a picture
#'
#' @param plot What [plot_paths()] gives.
#' @param file A name that ends in `.svg` or `.png`.
#' @return The file, invisibly.
#' @export
#' @examplesIf has_engine()
#' path <- descend("saddle", c(1, 0.1), "sgd", 20, lr = 0.1)
#' save_plot(plot_paths(path), tempfile(fileext = ".png"))
save_plot <- function(plot, file) {
  size <- attr(plot, "size") %||% c(7.2, 4.8)
  whole_file(file, function(temporary) {
    if (tools::file_ext(file) == "svg") {
      grDevices::svg(temporary, size[[1]], size[[2]], family = "DejaVu Sans")
    } else {
      grDevices::png(temporary, size[[1]], size[[2]], "in", res = 130, type = "cairo", family = "DejaVu Sans")
    }
    tryCatch(print(plot), finally = grDevices::dev.off())
  })
}
