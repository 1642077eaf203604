# The 2-D functions that the optimizers descend: one file per function.
#
# Formulas are written with their constants on the right (`x1^2 * 0.2`) so that both languages perform the
# same floating-point operations in the same order: in {torch} a scalar on the left is a float32.

#' @include refusals.R surfaces-surface.R
NULL

#' The 2-D functions that the optimizers descend
#'
#' `SURFACES` is the list of them by name. A surface is a function: called with a tensor of points of shape
#' `(..., 2)` it gives the values, of shape `(...)` and the dtype of the points. Its attributes are `name`,
#' `formula` (in TeX), `minima` (a list of points, empty if there is none), `window` (`c(x1 from, x1 to, x2
#' from, x2 to)`, for drawing) and `source`.
#'
#' @param name One of `surface_names()`.
#' @return `surface_names()` gives the names, `get_surface()` the surface of that name; it stops with one line
#'   if there is none.
#' @export
#' @examples
#' surface_names()
#' attr(get_surface("rosenbrock"), "formula")
#' @examplesIf has_engine()
#' get_surface("saddle")(torch_tensor(c(1, 2)))
SURFACES <- list()

#' @rdname SURFACES
#' @export
surface_names <- function() {
  names(SURFACES)
}

#' @rdname SURFACES
#' @export
get_surface <- function(name) {
  if (!(is.character(name) && length(name) == 1 && name %in% surface_names())) {
    refuse("get_surface()", "name", name, one_of(surface_names()))
  }
  SURFACES[[name]]
}
