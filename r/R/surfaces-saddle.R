# A saddle: down along one axis, up along the other.

#' @include surfaces-surface.R
NULL

saddle <- function(x1, x2) {
  x1^2 - x2^2
}

SURFACE_SADDLE <- new_surface(
  "saddle",
  "f(x_1, x_2) = x_1^2 - x_2^2",
  saddle,
  list(),
  c(-2, 2, -2, 2),
  "the standard saddle; no minimum",
  place = 7
)
