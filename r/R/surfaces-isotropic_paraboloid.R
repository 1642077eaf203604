# A round bowl.

#' @include surfaces-surface.R
NULL

isotropic_paraboloid <- function(x1, x2) {
  x1^2 * 0.2 + x2^2 * 0.2 - 5
}

SURFACE_ISOTROPIC_PARABOLOID <- new_surface(
  "isotropic_paraboloid",
  "f(x_1, x_2) = 0.2\\,x_1^2 + 0.2\\,x_2^2 - 5",
  isotropic_paraboloid,
  list(c(0, 0)),
  c(-8, 8, -8, 8),
  "Keydana (2023), Deep Learning and Scientific Computing with R torch, chapter on optimizers",
  place = 1,
  bowl = list(c(0.2, 0.2), -5)
)
