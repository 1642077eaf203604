# Engine 'pytorch': x[1, 2:3], x[, -1], x[mask], x[.., 1], as {torch} reads them: positions count from 1,
# negative ones from the end, `2:4` is a range and `2:N` one to the end, a missing index takes all.

# Inside the brackets `:` makes a range, and these names mean something.
INDEX_WORDS <- list(
  `:` = function(from, to) {
    if (inherits(from, "gradpath_slice")) {
      from$step <- to
      return(from)
    }
    structure(list(from = from, to = to, step = 1), class = "gradpath_slice")
  },
  all = structure(list(), class = "gradpath_all"),
  N = Inf,
  newaxis = structure(list(), class = "gradpath_new_axis"),
  `..` = structure(list(), class = "gradpath_fill")
)

evaluate_index <- function(expressions, frame) {
  words <- list2env(INDEX_WORDS[c(":", "N", "newaxis", "..")], parent = frame)
  lapply(expressions, function(expression) {
    left_out <- is.name(expression) && !nzchar(expression)
    if (left_out) INDEX_WORDS$all else eval(expression, words)
  })
}

# One item of an index for Python: its kind, and the value counted from 0.
index_item <- function(value) {
  kind <- class(value)[[1]]
  known <- switch(kind,
    gradpath_all = list("all", NULL),
    gradpath_new_axis = ,
    `NULL` = list("new", NULL),
    gradpath_fill = list("fill", NULL),
    gradpath_slice = list("slice", slice_bounds(value)),
    logical = list("mask", as.list(value))
  )
  known %||% if (is_tensor(value)) list("tensor", value) else index_places(value)
}

index_places <- function(value) {
  places <- as.integer(from_one(value))
  if (length(places) == 1) list("one", places) else list("list", as.list(places))
}

# From and to, both included, become Python's half-open bounds; -1 at the end means up to the last.
slice_bounds <- function(range) {
  to <- range$to
  end <- if (is.infinite(to) || to == -1) NULL else as.integer(if (to < 0) to + 1 else to)
  list(as.integer(from_one(range$from)), end, as.integer(range$step))
}

# {torch} applies list-like indices one after another, so that x[c(1, 2), c(1, 3)] is a 2 by 2 block and not
# two elements. Each step is one index for Python.
index_steps <- function(values, drop) {
  steps <- list()
  current <- list()
  kept <- 0
  for (i in seq_along(values)) {
    item <- index_item(values[[i]])
    current <- c(current, list(item))
    if (item[[1]] == "one" && !drop) current <- c(current, list(list("new", NULL)))
    kept <- kept + (item[[1]] != "one" || !drop)
    if (item[[1]] %in% c("list", "mask", "tensor") && i < length(values)) {
      steps <- c(steps, list(c(current, list(list("fill", NULL)))))
      current <- rep(list(list("all", NULL)), kept)
    }
  }
  c(steps, list(current))
}

#' @export
#' @method [ torch.Tensor
`[.torch.Tensor` <- function(x, ..., drop = TRUE) {
  values <- evaluate_index(eval(substitute(alist(...))), parent.frame())
  .py$index(x, index_steps(values, drop))
}

#' @export
#' @method [<- torch.Tensor
`[<-.torch.Tensor` <- function(x, ..., value) {
  values <- evaluate_index(eval(substitute(alist(...))), parent.frame())
  .py$index_put(x, lapply(values, index_item), as_operand(value, x))
  invisible(x)
}
