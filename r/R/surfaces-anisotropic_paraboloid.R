# A ravine: a bowl that is ten times steeper along one axis.

#' @include surfaces-surface.R
NULL

anisotropic_paraboloid <- function(x1, x2) {
  x1^2 * 0.2 + x2^2 * 2 - 5
}

SURFACE_ANISOTROPIC_PARABOLOID <- new_surface(
  "anisotropic_paraboloid",
  "f(x_1, x_2) = 0.2\\,x_1^2 + 2\\,x_2^2 - 5",
  anisotropic_paraboloid,
  list(c(0, 0)),
  c(-10, 10, -3, 3),
  "Keydana (2023), Deep Learning and Scientific Computing with R torch, chapter on optimizers",
  place = 2,
  bowl = list(c(0.2, 2), -5)
)
