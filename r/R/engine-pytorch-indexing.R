# Engine 'pytorch': x[1, 2:3], x[, -1], x[mask], x[.., 1], as {torch} reads them: positions count from 1,
# negative ones from the end, `2:4` is a range and `2:N` one to the end, a missing index takes all.

# One item of an index for Python: its kind and its value.
index_item <- function(kind, value = NULL) structure(list(kind, value), class = "gradpath_index")

# Inside the brackets `:` makes a range, and these names mean something.
INDEX_WORDS <- list(
  `:` = function(from, to) {
    stepped <- inherits(from, "gradpath_index")
    index_item("range", if (stepped) c(from[[2]][1:2], list(to)) else list(from, to, 1))
  },
  N = Inf,
  newaxis = index_item("new"),
  `..` = index_item("fill")
)

index_items <- function(expressions, frame) {
  words <- list2env(INDEX_WORDS, parent = frame)
  lapply(expressions, function(expression) {
    if (is.name(expression) && !nzchar(expression)) {
      return(list("all", NULL))
    }
    value <- eval(expression, words)
    if (inherits(value, "gradpath_index")) {
      unclass(value)
    } else if (is_tensor(value)) {
      list("tensor", value)
    } else {
      list(if (is.null(value)) "new" else if (is.logical(value)) "mask" else "places", as.list(value))
    }
  })
}

#' @export
#' @method [ torch.Tensor
`[.torch.Tensor` <- function(x, ..., drop = TRUE) {
  .py$index(x, index_items(eval(substitute(alist(...))), parent.frame()), drop)
}

#' @export
#' @method [<- torch.Tensor
`[<-.torch.Tensor` <- function(x, ..., value) {
  .py$index_put(x, index_items(eval(substitute(alist(...))), parent.frame()), as_operand(value, x))
  invisible(x)
}
