# Himmelblau's function: four minima of equal depth.

#' @include surfaces-surface.R
NULL

himmelblau <- function(x1, x2) {
  (x1^2 + x2 - 11)^2 + (x1 + x2^2 - 7)^2
}

SURFACE_HIMMELBLAU <- new_surface(
  "himmelblau",
  "f(x_1, x_2) = (x_1^2 + x_2 - 11)^2 + (x_1 + x_2^2 - 7)^2",
  himmelblau,
  list(
    c(3, 2),
    c(-2.805118086952745, 3.131312518250573),
    c(-3.779310253377747, -3.283185991286170),
    c(3.584428340330492, -1.848126526964404)
  ),
  c(-5, 5, -5, 5),
  "Himmelblau (1972), Applied Nonlinear Programming, McGraw-Hill",
  place = 4
)
