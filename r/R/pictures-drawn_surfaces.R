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
  reached <- lapply(c("x1", "x2"), function(x) unlist(lapply(paths, `[[`, x)))
  window <- window %||% window_around(reached, PATHS_MARGIN)
  formula_of <- drawable(paste0(where, ": surface"), surface, window)
  list(surface = new_surface("function", "", formula_of, list(), window, "", place = 0), window = window)
}
