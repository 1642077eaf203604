# Engine 'pytorch': how tensors are made, and how they become R's vectors and arrays again.

#' @include engine-python.R engine-pytorch-arguments.R
NULL

pytorch_tensor <- function(data, dtype = NULL, device = NULL, requires_grad = FALSE, pin_memory = FALSE) {
  if (is_tensor(data)) {
    made <- from_python(.py$torch$clone(data))$detach()$to(dtype = dtype, device = device)
    return(made$requires_grad_(requires_grad))
  }
  sent <- for_python(data)
  .py$tensor(sent$values, sent$kind, sent$shape, dtype, device, requires_grad)
}

# An R vector that meets a tensor in an operation.
tensor_like <- function(data, other) {
  sent <- for_python(data)
  .py$like(sent$values, sent$kind, sent$shape, other)
}

# Short vectors travel as a list, long ones and arrays as bytes: each way is the quicker there.
for_python <- function(data) {
  if (!is.numeric(data) && !is.logical(data)) {
    given <- class(data)[[1]]
    gradpath_stop(paste0("torch_tensor(): data: ", given, " is not accepted; use numbers or TRUE and FALSE"))
  }
  shape <- if (!is.null(dim(data))) as.list(dim(data))
  values <- as.vector(data)
  values <- if (is.null(shape) && length(values) <= 32) as.list(values) else writeBin(values, raw())
  list(values = values, kind = typeof(data), shape = shape)
}

# One function per creation verb: sizes as one vector or as several numbers, then PyTorch's options by name.
sized <- function(name) {
  force(name)
  function(..., names = NULL, dtype = NULL, layout = NULL, device = NULL, requires_grad = FALSE) {
    size <- as.list(as.integer(unlist(list(...), use.names = FALSE)))
    .py$torch[[name]](size, dtype = dtype, device = device, requires_grad = requires_grad)
  }
}

shaped_like <- function(name) {
  force(name)
  function(input, dtype = NULL, layout = NULL, device = NULL, requires_grad = FALSE, memory_format = NULL) {
    make <- python_function(name)
    if (is.null(dtype) && is.null(device) && !requires_grad) {
      return(make(input))
    }
    make(input, dtype = dtype, device = device, requires_grad = requires_grad)
  }
}

CREATION_VERBS <- list(
  torch_tensor = pytorch_tensor,
  torch_scalar_tensor = function(value, dtype = NULL, device = NULL, requires_grad = FALSE) {
    pytorch_tensor(value, dtype, device)$squeeze()$requires_grad_(requires_grad)
  },
  torch_tensor_from_buffer = function(buffer, shape, dtype = "float") {
    .py$from_buffer(buffer, as.list(as.integer(shape)), dtype)
  },
  torch_zeros = sized("zeros"), torch_ones = sized("ones"), torch_empty = sized("empty"),
  torch_rand = sized("rand"), torch_randn = sized("randn"),
  torch_zeros_like = shaped_like("zeros_like"), torch_ones_like = shaped_like("ones_like"),
  torch_empty_like = shaped_like("empty_like"), torch_rand_like = shaped_like("rand_like"),
  torch_randn_like = shaped_like("randn_like"),
  torch_full = function(size, fill_value, ..., dtype = NULL, device = NULL, requires_grad = FALSE) {
    .py$torch$full(as.list(as.integer(size)), fill_value, dtype = dtype, device = device,
                   requires_grad = requires_grad)
  },
  torch_full_like = function(input, fill_value, dtype = NULL, device = NULL, requires_grad = FALSE) {
    .py$torch$full_like(input, fill_value, dtype = dtype, device = device, requires_grad = requires_grad)
  },
  # {torch} gives float32 unless told otherwise, where PyTorch gives int64.
  torch_randint = function(low, high, size, generator = NULL, dtype = NULL, layout = NULL, device = NULL,
                           requires_grad = FALSE) {
    .py$torch$randint(as.integer(low), as.integer(high), as.list(as.integer(size)),
                      dtype = dtype %||% .py$torch$get_default_dtype(), device = device,
                      requires_grad = requires_grad)
  },
  # Counts from 0, as {torch}'s does.
  torch_randperm = function(n, dtype = NULL, layout = NULL, device = NULL, requires_grad = FALSE) {
    .py$torch$randperm(as.integer(n), dtype = dtype %||% .py$torch$int64, device = device)
  },
  torch_arange = function(start, end, step = 1L, dtype = NULL, layout = NULL, device = NULL,
                          requires_grad = FALSE) {
    if (missing(end)) {
      end <- start
      start <- 1L
    }
    whole <- is.integer(start) && is.integer(end) && is.integer(step)
    .py$arange(start, end, step, dtype, device, requires_grad, whole)
  },
  torch_linspace = function(start, end, steps = 100, dtype = NULL, layout = NULL, device = NULL,
                            requires_grad = FALSE) {
    .py$torch$linspace(start, end, as.integer(steps), dtype = dtype, device = device,
                       requires_grad = requires_grad)
  },
  torch_logspace = function(start, end, steps = 100, base = 10, dtype = NULL, layout = NULL, device = NULL,
                            requires_grad = FALSE) {
    .py$torch$logspace(start, end, as.integer(steps), base, dtype = dtype, device = device,
                       requires_grad = requires_grad)
  },
  torch_eye = function(n, m = n, dtype = NULL, layout = NULL, device = NULL, requires_grad = FALSE) {
    .py$torch$eye(as.integer(n), as.integer(m), dtype = dtype, device = device, requires_grad = requires_grad)
  },
  torch_normal = function(mean = 0, std = 1, size = NULL, generator = NULL, ...) {
    if (is.null(size)) {
      return(.py$torch$normal(mean, std))
    }
    .py$torch$normal(mean, std, as.list(as.integer(size)), ...)
  },
  as_array = function(x) as.array(x),
  is_undefined_tensor = function(x) is.null(x)
)

TYPE_NAMES <- c(
  float = "float32", float32 = "float32", float64 = "float64", double = "float64", half = "float16",
  float16 = "float16", bfloat16 = "bfloat16", int = "int32", int8 = "int8", int16 = "int16", int32 = "int32",
  int64 = "int64", long = "int64", short = "int16", uint8 = "uint8", bool = "bool"
)

type_verb <- function(name) {
  force(name)
  function() .py$types[[name]] %||% (.py$types[[name]] <- converting(.py$torch[[name]]))
}

# The same object, with its numbers and texts given as R's.
converting <- function(object) .py$same(object)

TYPE_VERBS <- c(
  stats::setNames(lapply(TYPE_NAMES, type_verb), paste0("torch_", names(TYPE_NAMES))),
  list(
    torch_device = function(type, index = NULL) {
      converting(if (is.null(index)) .py$torch$device(type) else .py$torch$device(type, as.integer(index)))
    },
    torch_get_default_dtype = function() converting(.py$torch$get_default_dtype()),
    torch_set_default_dtype = function(d) invisible(from_python(.py$torch$set_default_dtype(d))),
    torch_finfo = function(dtype) converting(.py$torch$finfo(dtype)),
    torch_channels_last_format = function() .py$torch$channels_last,
    torch_contiguous_format = function() .py$torch$contiguous_format,
    torch_preserve_format = function() .py$torch$preserve_format,
    is_torch_memory_format = function(x) inherits(x, "torch.memory_format"),
    is_torch_dtype = function(x) inherits(x, "torch.dtype"),
    is_torch_device = function(object) inherits(object, "torch.device")
  )
)

#' @export
#' @method as.array torch.Tensor
as.array.torch.Tensor <- function(x, ...) {
  came <- .py$to_vector(x)
  shape <- as.integer(unlist(came$shape))
  values <- readBin(came$bytes, if (came$kind == "logical") "integer" else came$kind, prod(shape))
  if (came$kind == "logical") values <- values != 0
  # {torch} gives a plain vector for one dimension or none.
  if (length(shape) > 1) array(values, shape) else values
}

#' @export
#' @method as.double torch.Tensor
as.double.torch.Tensor <- function(x, ...) {
  short <- .py$to_list(x)
  if (is.null(short)) as.double(as.array(x)) else as.double(unlist(short))
}

#' @export
#' @method as.integer torch.Tensor
as.integer.torch.Tensor <- function(x, ...) as.integer(as.array(x))

#' @export
#' @method as.logical torch.Tensor
as.logical.torch.Tensor <- function(x, ...) as.logical(as.array(x))

#' @export
#' @method as.matrix torch.Tensor
as.matrix.torch.Tensor <- function(x, ...) as.matrix(as.array(x))

#' @export
#' @method dim torch.Tensor
dim.torch.Tensor <- function(x) as.integer(unlist(.py$shape(x)))

#' @export
#' @method length torch.Tensor
length.torch.Tensor <- function(x) as.integer(prod(dim(x)))
