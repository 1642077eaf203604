# Engine 'pytorch': what stands after the `$` of a tensor.

#' @include engine-python.R
NULL

# Attributes, read without brackets.
TENSOR_FIELDS <- list2env(list(
  # Before the first backward() there is no gradient: NULL, where {torch} gives an undefined tensor.
  grad = function(x) from_python(.py$grad(x)),
  shape = function(x) dim(x),
  ndim = function(x) .py$ndim(x),
  dtype = function(x) .py$dtype(x),
  device = function(x) .py$device(x),
  requires_grad = function(x) .py$requires_grad(x)
))

# Methods that are more than a call of Python's method of the same name.
TENSOR_METHODS <- list2env(list(
  size = function(x, dim) {
    if (missing(dim)) dim(x) else dim(x)[if (dim < 0) length(dim(x)) + 1 + dim else dim]
  },
  to = function(x, dtype = NULL, device = NULL, other = NULL, non_blocking = FALSE, copy = FALSE,
                memory_format = NULL) {
    if (!is.null(other)) {
      return(tensor_method("to")(x, other))
    }
    options <- list(dtype = dtype, device = device, copy = copy, memory_format = memory_format)
    do.call(tensor_method("to"), c(list(x), options[!vapply(options, is.null, TRUE)]))
  },
  backward = function(x, gradient = NULL, retain_graph = create_graph, create_graph = FALSE, ...) {
    tensor_method("backward")(x, gradient, retain_graph, create_graph)
    invisible(NULL)
  },
  cuda = function(x, ...) tensor_method("cuda")(x),
  add = function(x, other, alpha = 1) combine("add", x, other, alpha),
  add_ = function(x, other, alpha = 1) combine("add_", x, other, alpha),
  sub = function(x, other, alpha = 1) combine("sub", x, other, alpha),
  sub_ = function(x, other, alpha = 1) combine("sub_", x, other, alpha),
  clone = function(x, ...) tensor_method("clone")(x),
  detach = function(x) tensor_method("detach")(x),
  copy_ = function(x, src, non_blocking = FALSE) tensor_method("copy_")(x, as_operand(src, x)),
  item = function(x) .py$item(x),
  # The rows of a batch come this way: one call, and what is dead is collected in time.
  index_select = function(x, dim, index) {
    if (!is_tensor(index)) index <- pytorch_tensor(as.integer(index))
    counted(.py$index_select(x, convert_argument(dim, "dim"), index))
  },
  # {torch}'s way to give a parameter other numbers, or the same in another order of memory.
  set_data = function(x, new_data) {
    .py$set_field(x, "data", new_data)
    invisible(NULL)
  },
  unbind = function(x, dim = 1) .py$unbind(x, convert_argument(dim, "dim")),
  max = function(x, dim, other, keepdim = FALSE) {
    largest(x, dim, other, keepdim, "max", "maximum")
  },
  min = function(x, dim, other, keepdim = FALSE) {
    largest(x, dim, other, keepdim, "min", "minimum")
  },
  norm = function(x, p = 2, dim = NULL, keepdim = FALSE, dtype = NULL) {
    tensor_method("norm")(x, p, convert_argument(dim, "dim"), keepdim)
  },
  nonzero = function(x, as_list = FALSE) {
    found <- from_python(tensor_method("nonzero")(x, as_tuple = as_list))
    if (as_list) lapply(found, `+`, 1L) else found + 1L
  },
  register_hook = function(x, hook) {
    invisible(tensor_method("register_hook")(x, function(grad) hook(grad)))
  },
  set_grad_ = function(x, new_grad) {
    .py$set_field(x, "grad", new_grad)
    invisible(x)
  },
  stride = function(x, dim) {
    strides <- as.integer(unlist(from_python(tensor_method("stride")(x))))
    if (missing(dim)) strides else strides[[dim]]
  },
  is_contiguous = function(x) from_python(tensor_method("is_contiguous")(x)),
  print = function(x, n = 30) print(x, n = n)
))

largest <- function(x, dim, other, keepdim, name, elementwise) {
  if (!missing(other)) {
    return(tensor_method(elementwise)(x, other))
  }
  if (missing(dim)) {
    return(tensor_method(name)(x))
  }
  found <- from_python(tensor_method(name)(x, convert_argument(dim, "dim"), keepdim))
  positions_from_one(found, name)
}

combine <- function(name, x, other, alpha) {
  other <- as_operand(other, x)
  if (identical(alpha, 1)) tensor_method(name)(x, other) else tensor_method(name)(x, other, alpha = alpha)
}

# Python's own method, fetched once.
.py$methods <- new.env(parent = emptyenv())

tensor_method <- function(name) {
  .py$methods[[name]] %||% (.py$methods[[name]] <- .py$torch$Tensor[[name]])
}

# A method for R: arguments and results converted as its signature says.
plain_method <- function(name) {
  method <- tensor_method(name)
  signature <- signature_of(name)
  kinds <- vapply(setdiff(signature, "..."), kind_of, "")
  in_order <- !"..." %in% signature
  positions <- name %in% c(POSITIONS_ALONE, POSITIONS_SECOND)
  function(x, ...) {
    arguments <- list(...)
    if (in_order && is.null(names(arguments)) && length(arguments) <= length(kinds)) {
      # The usual call, without the search for names.
      for (i in seq_along(arguments)) {
        if (!is.null(arguments[[i]])) arguments[[i]] <- convert_argument(arguments[[i]], kinds[[i]])
      }
    } else {
      arguments <- convert_arguments(arguments, signature)
    }
    result <- from_python(do.call(method, c(list(x), arguments), quote = TRUE))
    if (positions) positions_from_one(result, name) else result
  }
}

#' @export
#' @method $ torch.Tensor
`$.torch.Tensor` <- function(x, name) { # nolint: object_name_linter.
  field <- TENSOR_FIELDS[[name]]
  if (!is.null(field)) {
    return(field(x))
  }
  if (is.null(TENSOR_METHODS[[name]]) && !is_method(name)) {
    return(from_python(.py$field(x, name)))
  }
  method <- tensor_function(name)
  function(...) method(x, ...)
}

# A method as a function of the tensor, made once.
tensor_function <- function(name) {
  TENSOR_METHODS[[name]] %||% (TENSOR_METHODS[[name]] <- plain_method(name))
}

is_method <- function(name) {
  known <- tryCatch(from_python(.py$is_method(name)), error = function(e) NULL)
  if (is.null(known)) {
    gradpath_stop(paste0(
      "gradpath: engine 'pytorch' has no '$", name, "' of a tensor; install {torch} or open an issue"
    ))
  }
  known
}

#' @export
#' @method $<- torch.Tensor
`$<-.torch.Tensor` <- function(x, name, value) { # nolint: object_name_linter.
  if (name == "requires_grad") {
    tensor_method("requires_grad_")(x, value)
  } else {
    .py$set_field(x, name, value)
  }
  invisible(x)
}

#' @export
#' @method names torch.Tensor
names.torch.Tensor <- function(x) NULL
