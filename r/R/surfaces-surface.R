# What a surface is: a function of two variables, and what is known about it.

# A surface is a function of a tensor of points (..., 2), with what is known about it as attributes: among them its
# `place` in lists, and for a bowl a1 x1^2 + a2 x2^2 + c, whose paths have a closed form, `list(c(a1, a2), c)`.
new_surface <- function(name, formula, formula_of, minima, window, source, place, bowl = NULL) {
  evaluate <- function(x) {
    parts <- x$unbind(-1)
    formula_of(parts[[1]], parts[[2]])
  }
  structure(
    evaluate,
    name = name, formula = formula, minima = minima, window = window, source = source,
    place = place, bowl = bowl,
    class = "gradpath_surface"
  )
}

#' @export
print.gradpath_surface <- function(x, ...) {
  cat("<surface ", attr(x, "name"), "> ", attr(x, "formula"), "\n", sep = "")
  invisible(x)
}
