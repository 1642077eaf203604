# The 2-D functions that the optimizers descend.
#
# Formulas are written with their constants on the right (`x1^2 * 0.2`) so that both languages perform the
# same floating-point operations in the same order: in {torch} a scalar on the left is a float32.

#' @include refusals.R
NULL

# A surface is a function of a tensor of points (..., 2), with what is known about it as attributes.
new_surface <- function(name, formula, formula_of, minima, window, source) {
  evaluate <- function(x) {
    parts <- x$unbind(-1)
    formula_of(parts[[1]], parts[[2]])
  }
  structure(
    evaluate,
    name = name, formula = formula, minima = minima, window = window, source = source,
    class = "gradpath_surface"
  )
}

isotropic_paraboloid <- function(x1, x2) {
  x1^2 * 0.2 + x2^2 * 0.2 - 5
}

anisotropic_paraboloid <- function(x1, x2) {
  x1^2 * 0.2 + x2^2 * 2 - 5
}

rosenbrock <- function(x1, x2) {
  (x1 - 1)^2 + (x2 - x1^2)^2 * 100
}

himmelblau <- function(x1, x2) {
  (x1^2 + x2 - 11)^2 + (x1 + x2^2 - 7)^2
}

beale <- function(x1, x2) {
  (x1 * x2 - x1 + 1.5)^2 + (x1 * x2^2 - x1 + 2.25)^2 + (x1 * x2^3 - x1 + 2.625)^2
}

rastrigin <- function(x1, x2) {
  wave <- torch_cos(x1 * (2 * pi)) + torch_cos(x2 * (2 * pi))
  x1^2 + x2^2 - wave * 10 + 20
}

saddle <- function(x1, x2) {
  x1^2 - x2^2
}

KEYDANA <- "Keydana (2023), Deep Learning and Scientific Computing with R torch, chapter on optimizers"

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
SURFACES <- list(
  isotropic_paraboloid = new_surface(
    "isotropic_paraboloid",
    "f(x_1, x_2) = 0.2\\,x_1^2 + 0.2\\,x_2^2 - 5",
    isotropic_paraboloid,
    list(c(0, 0)),
    c(-8, 8, -8, 8),
    KEYDANA
  ),
  anisotropic_paraboloid = new_surface(
    "anisotropic_paraboloid",
    "f(x_1, x_2) = 0.2\\,x_1^2 + 2\\,x_2^2 - 5",
    anisotropic_paraboloid,
    list(c(0, 0)),
    c(-10, 10, -3, 3),
    KEYDANA
  ),
  rosenbrock = new_surface(
    "rosenbrock",
    "f(x_1, x_2) = (x_1 - 1)^2 + 100\\,(x_2 - x_1^2)^2",
    rosenbrock,
    list(c(1, 1)),
    c(-2, 2, -1, 3),
    "Rosenbrock (1960), The Computer Journal 3(3), 175-184"
  ),
  himmelblau = new_surface(
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
    "Himmelblau (1972), Applied Nonlinear Programming, McGraw-Hill"
  ),
  beale = new_surface(
    "beale",
    paste0(
      "f(x_1, x_2) = (1.5 - x_1 + x_1 x_2)^2 + (2.25 - x_1 + x_1 x_2^2)^2",
      " + (2.625 - x_1 + x_1 x_2^3)^2"
    ),
    beale,
    list(c(3, 0.5)),
    c(-1, 4.5, -2, 2),
    "Beale (1958), On an iterative method for finding a local minimum, Princeton"
  ),
  rastrigin = new_surface(
    "rastrigin",
    "f(x_1, x_2) = 20 + x_1^2 + x_2^2 - 10\\,(\\cos 2\\pi x_1 + \\cos 2\\pi x_2)",
    rastrigin,
    list(c(0, 0)),
    c(-2.5, 2.5, -2.5, 2.5),
    "Rastrigin (1974), Systems of Extremal Control, Nauka"
  ),
  saddle = new_surface(
    "saddle",
    "f(x_1, x_2) = x_1^2 - x_2^2",
    saddle,
    list(),
    c(-2, 2, -2, 2),
    "the standard saddle; no minimum"
  )
)

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

#' @export
print.gradpath_surface <- function(x, ...) {
  cat("<surface ", attr(x, "name"), "> ", attr(x, "formula"), "\n", sep = "")
  invisible(x)
}
