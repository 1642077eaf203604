# Engine 'pytorch': operators and R's own mathematical functions on tensors. A number may stand on either
# side.

# The name of the operator or function at hand, which R sets where a group of them has one method.
utils::globalVariables(".Generic")

OPERATOR_NAMES <- c(
  `+` = "add", `-` = "sub", `*` = "mul", `/` = "div", `^` = "power", `%%` = "fmod", `%/%` = "div_whole",
  `==` = "equal", `!=` = "unequal", `<` = "less", `<=` = "less_equal", `>` = "greater",
  `>=` = "greater_equal", `&` = "logical_and", `|` = "logical_or"
)

#' @export
#' @method Ops torch.Tensor
Ops.torch.Tensor <- function(e1, e2) {
  if (missing(e2)) {
    return(switch(.Generic, `-` = .py$negative(e1), `+` = e1, `!` = .py$invert(e1)))
  }
  # A lone number goes to Python as it is: on either side it keeps the digits that the tensor's dtype can
  # hold.
  if (is.atomic(e2) && length(e2) != 1) e2 <- tensor_like(e2, e1)
  if (is.atomic(e1) && length(e1) != 1) e1 <- tensor_like(e1, e2)
  counted(.py[[OPERATOR_NAMES[[.Generic]]]](e1, e2))
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

as_operand <- function(value, other) {
  if (is.atomic(value) && length(value) != 1) tensor_like(value, other) else value
}

MATH_NAMES <- c(
  abs = "abs", sign = "sign", sqrt = "sqrt", floor = "floor", ceiling = "ceil", trunc = "trunc",
  round = "round", exp = "exp", expm1 = "expm1", log10 = "log10", log2 = "log2", log1p = "log1p", cos = "cos",
  sin = "sin", tan = "tan", acos = "acos", asin = "asin", atan = "atan", cosh = "cosh", sinh = "sinh",
  tanh = "tanh", lgamma = "lgamma"
)

#' @export
#' @method Math torch.Tensor
Math.torch.Tensor <- function(x, ...) {
  if (.Generic == "log") {
    natural <- python_function("log")(x)
    return(if (...length() == 0) natural else natural / log(..1))
  }
  if (.Generic == "cumsum") {
    return(python_function("cumsum")(x, 0L))
  }
  name <- MATH_NAMES[.Generic]
  if (is.na(name)) {
    accepted <- one_of(names(MATH_NAMES))
    gradpath_stop(paste0("gradpath: ", .Generic, "() does not take a tensor; use ", accepted))
  }
  if (.Generic == "round" && ...length()) {
    return(python_function("round")(x, decimals = as.integer(..1)))
  }
  python_function(name)(x)
}

#' @export
#' @method Summary torch.Tensor
Summary.torch.Tensor <- function(..., na.rm = FALSE) { # nolint: object_name_linter. R's own name.
  arguments <- list(...)
  x <- arguments[[1]]
  if (.Generic == "range") {
    return(list(x$min(), x$max()))
  }
  method <- do.call("$", list(x, .Generic))
  if (length(arguments) > 1 && is_tensor(arguments[[2]])) {
    parts <- lapply(arguments, function(part) do.call("$", list(part, .Generic))())
    join <- switch(.Generic, sum = `+`, prod = `*`, any = `|`, all = `&`,
                   max = function(a, b) a$max(other = b), min = function(a, b) a$min(other = b))
    return(Reduce(join, parts))
  }
  do.call(method, arguments[-1])
}

#' @export
#' @method mean torch.Tensor
mean.torch.Tensor <- function(x, ...) x$mean(...)

#' @export
#' @method t torch.Tensor
t.torch.Tensor <- function(x) x$t()
