# Engine 'pytorch': tensors from R's vectors and back, what stands after their `$`, operators, printing.

#' @include engine-python.R
NULL

is_tensor <- function(x) inherits(x, "torch.Tensor")

pytorch_tensor <- function(data, dtype = NULL, device = NULL, requires_grad = FALSE, pin_memory = FALSE) {
  if (is_tensor(data)) {
    return(data$clone()$detach()$to(dtype = dtype, device = device)$requires_grad_(requires_grad))
  }
  sent <- for_python(data)
  .py$tensor(sent$values, sent$kind, sent$shape, dtype, device, requires_grad)
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

# An R vector or array that meets a tensor. A lone number goes to Python as it is: on either side of an operator it
# keeps the digits that the tensor's dtype can hold.
as_operand <- function(value, other) {
  if (!is.atomic(value) || length(value) == 1) {
    return(value)
  }
  sent <- for_python(value)
  .py$like(sent$values, sent$kind, sent$shape, other)
}

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
as.double.torch.Tensor <- function(x, ...) as.double(unlist(.py$to_list(x) %||% as.array(x)))

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

#' @export
#' @method names torch.Tensor
names.torch.Tensor <- function(x) NULL

# What stands after the `$`: an attribute, or a method as a function of the tensor. Looked up once.
tensor_part <- function(name) {
  part <- .py$tensor_part(name)
  if (is.null(part)) {
    gradpath_stop(paste0(
      "gradpath: engine 'pytorch' has no '$", name, "' of a tensor; install {torch} or open an issue"
    ))
  }
  is_method <- .py$is_method(name)
  if (is_method) part <- python_function("tensor_part", name)
  .py$parts[[name]] <- list(is_method = is_method, call = part)
}
.py$parts$shape <- list(is_method = FALSE, call = function(x) dim(x))
.py$parts$print <- list(is_method = TRUE, call = function(x, n = 30) print(x, n = n))
# The rows of a batch come this way: what is dead is collected in time.
.py$parts$index_select <- list(is_method = TRUE, call = function(x, ...) counted(torch_index_select(x, ...)))

#' @export
#' @method $ torch.Tensor
`$.torch.Tensor` <- function(x, name) { # nolint: object_name_linter.
  part <- .py$parts[[name]] %||% tensor_part(name)
  call <- part$call
  if (part$is_method) function(...) call(x, ...) else (call(x))
}

#' @export
#' @method $<- torch.Tensor
`$<-.torch.Tensor` <- function(x, name, value) { # nolint: object_name_linter.
  .py$set_field(x, name, value)
  invisible(x)
}

# The name of the operator or function at hand, which R sets where a group of them has one method.
utils::globalVariables(".Generic")

#' @export
#' @method Ops torch.Tensor
Ops.torch.Tensor <- function(e1, e2) {
  if (missing(e2)) {
    return(switch(.Generic, `-` = .py$operators$negative(e1), `+` = e1, `!` = .py$operators[["!"]](e1)))
  }
  counted(.py$operators[[.Generic]](as_operand(e1, e2), as_operand(e2, e1)))
}

# A tensor just made by one of the functions whose bytes Python counts.
counted <- function(made) {
  .py$operations <- .py$operations + 1L
  if (.py$operations >= 8L) collect_dead_tensors()
  made
}

# R sees a tensor as a few bytes and would let gigabytes of dead ones pile up before it collects them.
collect_dead_tensors <- function() {
  .py$operations <- 0L
  if (.py$under_pressure()) gc(full = FALSE)
}

# Evaluates code in which a model's layers leave their results behind. R does not see how large those are: they are
# counted, so that they are collected in time.
counting_outputs <- function(model, code) {
  if (engine_info()$name == "pytorch") {
    end <- .py$count_outputs(attr(model, "module")$.python)
    on.exit(end())
  }
  force(code)
}

collect_outputs <- function() {
  if (engine_info()$name == "pytorch") collect_dead_tensors()
}

MATH_NAMES <- scan(what = "", quiet = TRUE, text = "
  abs sign sqrt floor ceiling trunc round exp expm1 log log10 log2 log1p cos sin tan acos asin atan cosh sinh tanh
  lgamma cumsum
")

#' @export
#' @method Math torch.Tensor
Math.torch.Tensor <- function(x, ...) {
  if (!.Generic %in% MATH_NAMES) {
    gradpath_stop(paste0("gradpath: ", .Generic, "() does not take a tensor; use ", one_of(MATH_NAMES)))
  }
  switch(.Generic,
    ceiling = x$ceil(),
    cumsum = x$cumsum(1),
    log = if (...length()) x$log() / log(..1) else x$log(),
    round = if (...length()) x$round(decimals = as.integer(..1)) else x$round(),
    do.call(`$`, list(x, .Generic))()
  )
}

#' @export
#' @method Summary torch.Tensor
Summary.torch.Tensor <- function(x, ..., na.rm = FALSE) { # nolint: object_name_linter. R's own name.
  if (...length() && is_tensor(..1)) {
    gradpath_stop(paste0("gradpath: engine 'pytorch' has no ", .Generic, "() of several tensors; install {torch}"))
  }
  do.call(`$`, list(x, .Generic))(...)
}

#' @export
#' @method mean torch.Tensor
mean.torch.Tensor <- function(x, ...) x$mean(...)

#' @export
#' @method t torch.Tensor
t.torch.Tensor <- function(x) x$t()

#' @export
#' @method print torch.Tensor
print.torch.Tensor <- function(x, ..., n = 30) {
  lines <- strsplit(.py$shown(x), "\n", fixed = TRUE)[[1]]
  last <- length(lines)
  if (n > 0 && last - 1 > n) {
    lines <- c(lines[seq_len(n)], "... [the output was truncated (use n=-1 to disable)]", lines[[last]])
  }
  writeLines(c("torch_tensor", lines))
  invisible(x)
}

#' @export
#' @method print torch.dtype
print.torch.dtype <- function(x, ...) {
  cat("torch_", .py$type_word(x), "\n", sep = "")
  invisible(x)
}

#' @export
#' @method print torch.device
print.torch.device <- function(x, ...) {
  index <- if (!is.null(x$index)) paste0(", index=", x$index)
  cat("torch_device(type='", x$type, "'", index, ") \n", sep = "")
  invisible(x)
}
