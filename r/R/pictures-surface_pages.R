# Writes a page in which a surface and its paths can be turned.

#' @include pictures-paths_3d.R
NULL

# As the markers and lines of the other pictures, of those that plotly has in space.
PAGE_MARKERS <- c("circle", "diamond", "square", "cross")
PAGE_LINES <- c("solid", "dash", "dot", "dashdot")
LIBRARY <- "plotly.min.js"

#' Write a page in which a surface and its paths can be turned
#'
#' By mouse or finger, with plotly's JavaScript library, which the R package plotly brings.
#'
#' @param file Ends in `.html`; written whole or not at all.
#' @param paths,surface,labels,window,title,theme,height As for [plot_paths_3d()].
#' @param shared Whether the page finds plotly, some megabytes, in a file `plotly.min.js` beside it, which several
#'   pages can use and which is written if it is not there. Otherwise it is in the page, which is then whole by
#'   itself. Either way the page asks no other host for anything.
#' @return The file, invisibly. Bad input stops with one line, and so does it where plotly is not installed.
#' @export
#' @examplesIf has_engine() && nzchar(system.file(package = "plotly"))
#' path <- descend("rosenbrock", c(-1.5, 2), "momentum", 150, lr = 0.001, momentum = 0.9)
#' write_surface_page(tempfile(fileext = ".html"), path)
write_surface_page <- function(file, paths, surface = NULL, labels = NULL, window = NULL, title = NULL,
                               theme = "light", height = "value", shared = FALSE) {
  where <- "write_surface_page()"
  if (!is_text(file) || tools::file_ext(file) != "html") refuse(where, "file", file, "the name of a file, *.html")
  check_theme(where, theme)
  check_height(where, height)
  require_flag(where, "shared", shared)
  if (is.data.frame(paths)) paths <- list(paths)
  drawn <- drawn_surface(where, surface, paths, window)
  library <- plotly_library(where)
  labels <- labels %||% vapply(paths, default_label, "")
  picture <- turning_picture(drawn$surface, paths, labels, drawn$window, title, theme, height)
  # Before its version 2 plotly took a title as a text alone.
  if (plotly_version(library) < 2) picture$layout <- with_plain_titles(picture$layout)
  picture <- jsonlite::toJSON(picture, auto_unbox = TRUE, na = "null", null = "null", digits = NA)

  beside <- file.path(dirname(file), LIBRARY)
  if (shared && !file.exists(beside)) whole_file(beside, function(temporary) writeBin(library, temporary))
  said <- escape_html(title %||% paste("Paths on the surface", attr(drawn$surface, "name")))
  begin <- paste0(
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>", said, "</title>\n",
    "<style>html, body, #surface { height: 100%; margin: 0; background: ", THEMES[[theme]]$paper, "; }</style>\n"
  )
  # What is between script tags ends at the first "</".
  end <- paste0(
    "\n</head>\n<body>\n<div id=\"surface\" role=\"img\" aria-label=\"", said, "\"></div>\n",
    "<script>\nconst picture = ", gsub("</", "<\\/", picture, fixed = TRUE), ";\n",
    "Plotly.newPlot(\"surface\", picture.data, picture.layout, { responsive: true, displaylogo: false });\n",
    "</script>\n</body>\n</html>\n"
  )
  found <- list(paste0("<script src=\"", LIBRARY, "\"></script>"))
  tags <- if (shared) found else list("<script>", library, "</script>")
  parts <- lapply(c(list(begin), tags, list(end)), function(part) {
    if (is.raw(part)) part else charToRaw(enc2utf8(part))
  })
  whole_file(file, function(temporary) writeBin(do.call(c, parts), temporary))
}

# plotly's JavaScript library, as bytes.
plotly_library <- function(where) {
  file <- system.file("htmlwidgets", "lib", "plotlyjs", "plotly-latest.min.js", package = "plotly")
  if (!nzchar(file)) {
    gradpath_stop(paste0(
      where, ": needs plotly, which is not installed; use install.packages(\"plotly\"), or r-cran-plotly of Debian"
    ))
  }
  readBin(file, "raw", file.size(file))
}

plotly_version <- function(library) {
  said <- rawToChar(utils::head(library, 100))
  as.numeric(sub(".*plotly\\.js .*?v([0-9]+)\\..*", "\\1", gsub("\n", " ", said, fixed = TRUE)))
}

with_plain_titles <- function(layout) {
  layout$title <- layout$title$text
  for (axis in c("xaxis", "yaxis", "zaxis")) layout$scene[[axis]]$title <- layout$scene[[axis]]$title$text
  layout
}

escape_html <- function(text) {
  for (pair in list(c("&", "&amp;"), c("<", "&lt;"), c(">", "&gt;"), c("\"", "&quot;"), c("'", "&#x27;"))) {
    text <- gsub(pair[[1]], pair[[2]], text, fixed = TRUE)
  }
  text
}

# Data and layout, as plotly's figures have them.
turning_picture <- function(surface, paths, labels, window, title, theme, height) {
  colours <- THEMES[[theme]]
  relief <- relief_of(surface, window, height)
  steps <- lapply(seq_along(paths), function(k) {
    page_path(laid_on(relief, surface, paths[[k]]), paths[[k]], labels, k, theme)
  })
  first <- paths[[1]]
  ends <- c(
    list(list("start", "circle-open", c(first$x1[[1]], first$x2[[1]]))),
    lapply(attr(surface, "minima"), function(minimum) list("minimum", "x", minimum))
  )
  marks <- lapply(ends, function(end) {
    spot <- laid_on(relief, surface, data.frame(x1 = end[[3]][[1]], x2 = end[[3]][[2]]))$points
    if (anyNA(spot)) {
      return(NULL)
    }
    c(
      list(type = "scatter3d", mode = "markers", name = end[[1]], showlegend = FALSE, hoverinfo = "name"),
      on_axes(spot), list(marker = list(symbol = end[[2]], size = 7, color = colours$ink))
    )
  })
  list(
    data = c(list(page_ground(relief, theme)), do.call(c, steps), Filter(Negate(is.null), marks)),
    layout = page_layout(window, title, theme, height)
  )
}

page_path <- function(laid, path, labels, k, theme) {
  look <- list(color = THEMES[[theme]]$paths[[(k - 1) %% 4 + 1]])
  shared <- list(type = "scatter3d", name = labels[[k]], legendgroup = as.character(k))
  line <- c(look, list(width = 5, dash = PAGE_LINES[[(k - 1) %% 4 + 1]]))
  marker <- c(look, list(size = 3.5, symbol = PAGE_MARKERS[[(k - 1) %% 4 + 1]]))
  list(
    c(shared, on_axes(laid$line), list(mode = "lines", line = line, hoverinfo = "skip")),
    c(shared, on_axes(laid$points), list(
      mode = "markers", showlegend = FALSE, marker = marker, text = I(paste("step", path$step)),
      hovertemplate = "%{text}<br>x\u2081 %{x:.4g}, x\u2082 %{y:.4g}"
    ))
  )
}

page_layout <- function(window, title, theme, height) {
  colours <- THEMES[[theme]]
  axis <- function(text, ...) {
    list(
      title = list(text = text), color = colours$ink, gridcolor = colours$line, backgroundcolor = colours$high,
      showbackground = TRUE, zeroline = FALSE, ...
    )
  }
  list(
    paper_bgcolor = colours$paper, font = list(color = colours$ink), title = list(text = title %||% ""),
    legend = list(x = 0, y = 1), margin = list(l = 0, r = 0, b = 0, t = if (is.null(title)) 0 else 48),
    scene = list(
      xaxis = axis("x\u2081", range = window[1:2]), yaxis = axis("x\u2082", range = window[3:4]),
      zaxis = axis(height_label(height)), aspectmode = "manual",
      aspectratio = list(x = BOX[[1]] / 4, y = BOX[[2]] / 4, z = BOX[[3]] / 4),
      camera = list(eye = list(x = 0.9, y = -1.55, z = 1.2))
    )
  )
}

page_ground <- function(relief, theme) {
  bands <- max(length(relief$levels) - 1, 1)
  # A scale that jumps: every band has one colour.
  colours <- rep(lit(band_colours(bands, theme), GAIN[[theme]]), each = 2)
  at <- c(rbind(seq_len(bands) - 1, seq_len(bands))) / bands
  band <- pmin(pmax(findInterval(relief$values, relief$levels, left.open = TRUE), 1), bands) - 1
  list(
    type = "surface", x = relief$x1, y = relief$x2, z = relief$height_of(relief$values),
    surfacecolor = matrix(band + 0.5, nrow(relief$values)), cmin = 0, cmax = bands,
    colorscale = Map(list, at, colours), showscale = FALSE, customdata = relief$values,
    hovertemplate = "x\u2081 %{x:.4g}, x\u2082 %{y:.4g}<br>value %{customdata:.4g}<extra></extra>"
  )
}

# Lists, also of a single point.
on_axes <- function(points) list(x = I(points[[1]]), y = I(points[[2]]), z = I(points[[3]]))
