# Rosenbrock's banana: a curved valley with a flat floor.

#' @include surfaces-surface.R
NULL

rosenbrock <- function(x1, x2) {
  (x1 - 1)^2 + (x2 - x1^2)^2 * 100
}

SURFACE_ROSENBROCK <- new_surface(
  "rosenbrock",
  "f(x_1, x_2) = (x_1 - 1)^2 + 100\\,(x_2 - x_1^2)^2",
  rosenbrock,
  list(c(1, 1)),
  c(-2, 2, -1, 3),
  "Rosenbrock (1960), The Computer Journal 3(3), 175-184",
  place = 3
)
