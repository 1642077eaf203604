# Which surface a picture of paths shows, and which part of it.

# How much of what the paths reach is left free on each side.
PATHS_MARGIN <- 0.15

# The surface that is meant, and the window in which it is drawn. A surface that does not exist, a function that fails
# and a window that is none are refused.
drawn_surface <- function(where, surface, paths, window) {
  if (!is.null(window)) window <- check_window(where, window)
  if (!length(paths)) refuse(where, "paths", list(), "at least one path, as descend() returns it")
  surface <- surface %||% attr(paths[[1]], "surface")
  if (one_text_of(surface_names())(surface)) surface <- get_surface(surface)
  if (inherits(surface, "gradpath_surface")) {
    return(list(surface = surface, window = window %||% attr(surface, "window")))
  }
  if (!is.function(surface)) {
    refuse(where, "surface", surface, paste0(one_of(surface_names()), ", a surface or a function"))
  }
  check_callable(where, surface, "surface")
  window <- window %||% window_of(paths)
  formula_of <- drawable(paste0(where, ": surface"), surface, window)
  list(surface = new_surface("function", "", formula_of, list(), window, "", place = 0), window = window)
}

# What paths reach together, with a margin of 15 % of it on each side. A window is at least half as wide as high and
# the other way round, so that a straight path has room; around a path that stays where it is the window is 2 wide
# and high.
window_of <- function(paths) {
  ends <- lapply(c("x1", "x2"), function(x) range(unlist(lapply(paths, `[[`, x))))
  longest <- max(vapply(ends, diff, 1))
  if (longest == 0) longest <- 2 / (1 + 2 * PATHS_MARGIN)
  unlist(lapply(ends, function(end) {
    half <- max(diff(end), longest / 2) * (0.5 + PATHS_MARGIN)
    mean(end) + c(-half, half)
  }))
}
