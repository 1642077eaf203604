# Rastrigin's function: a bowl full of small minima.

#' @include surfaces-surface.R
NULL

rastrigin <- function(x1, x2) {
  wave <- torch_cos(x1 * (2 * pi)) + torch_cos(x2 * (2 * pi))
  x1^2 + x2^2 - wave * 10 + 20
}

SURFACE_RASTRIGIN <- new_surface(
  "rastrigin",
  "f(x_1, x_2) = 20 + x_1^2 + x_2^2 - 10\\,(\\cos 2\\pi x_1 + \\cos 2\\pi x_2)",
  rastrigin,
  list(c(0, 0)),
  c(-2.5, 2.5, -2.5, 2.5),
  "Rastrigin (1974), Systems of Extremal Control, Nauka",
  place = 6
)
