# A valley that runs aslant: a surface of this course's own, the same in python/surfaces/valley.py.

# Constants stand on the right, as {torch} needs them to keep their digits.
valley <- function(x) {
  parts <- x$unbind(-1)
  x1 <- parts[[1]]
  x2 <- parts[[2]]
  x1^2 * 0.1 + (x2 - x1 * 0.5)^2
}

SURFACE <- surface(
  valley,
  name = "valley",
  window = c(-6, 6, -4, 4),
  minima = list(c(0, 0)),
  source = "this course",
  formula = "f(x_1, x_2) = 0.1\\,x_1^2 + (x_2 - 0.5\\,x_1)^2"
)
