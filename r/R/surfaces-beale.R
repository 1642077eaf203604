# Beale's function: flat, with steep corners.

#' @include surfaces-surface.R
NULL

beale <- function(x1, x2) {
  (x1 * x2 - x1 + 1.5)^2 + (x1 * x2^2 - x1 + 2.25)^2 + (x1 * x2^3 - x1 + 2.625)^2
}

SURFACE_BEALE <- new_surface(
  "beale",
  paste0(
    "f(x_1, x_2) = (1.5 - x_1 + x_1 x_2)^2 + (2.25 - x_1 + x_1 x_2^2)^2",
    " + (2.625 - x_1 + x_1 x_2^3)^2"
  ),
  beale,
  list(c(3, 0.5)),
  c(-1, 4.5, -2, 2),
  "Beale (1958), On an iterative method for finding a local minimum, Princeton",
  place = 5
)
