# Gradient clipping, by hand and by the library, so that a steep wall does not throw a network away.

#' @include schedules-fields.R
NULL

# What PyTorch adds to the norm before it divides by it.
NORM_EPS <- 1e-6

#' Clip gradients
#'
#' `clip_by_value()` holds every number of a gradient within -limit and limit; the direction of the gradient
#' may change. `clip_by_norm()` scales a gradient down, if need be, so that its norm is at most `max_norm`;
#' the direction stays. `clip_gradients()` does the same to the gradients of parameters, in place, through
#' the library.
#'
#' The norm is clipped as PyTorch does it: g times min(1, max_norm / (norm + 1e-6)), with the Euclidean norm
#' of the whole gradient of a network; by hand that has to be one tensor.
#'
#' @param g A tensor of any shape and floating dtype.
#' @param limit,max_norm A finite number > 0; another one is refused.
#' @return `clip_by_value()` and `clip_by_norm()` give a new tensor like `g`, `clip_gradients()` nothing.
#' @source Pascanu, Mikolov, Bengio: On the difficulty of training recurrent neural networks. ICML 2013,
#'   algorithm 1.
#' @export
#' @examplesIf has_engine()
#' g <- torch_tensor(c(3, -4))
#' clip_by_value(g, 3.5)
#' clip_by_norm(g, 1)
clip_by_value <- function(g, limit) {
  check_positive("clip_by_value()", "limit", limit)
  torch_clamp(g, -limit, limit)
}

#' @rdname clip_by_value
#' @export
clip_by_norm <- function(g, max_norm) {
  check_positive("clip_by_norm()", "max_norm", max_norm)
  coefficient <- torch_clamp((torch_norm(g) + NORM_EPS)$reciprocal() * max_norm, max = 1)
  g * coefficient
}

#' @rdname clip_by_value
#' @param parameters A tensor or a list of tensors. Those without a gradient are left alone; the norm is
#'   that of all gradients together.
#' @param clip `list(value = 0.5)` or `list(norm = 1)`; NULL clips nothing.
#' @export
clip_gradients <- function(parameters, clip) {
  checked <- check_clip("clip_gradients()", clip)
  if (!is.null(checked$norm)) {
    nn_utils_clip_grad_norm_(parameters, norm_for_engine(checked$norm, parameters))
  } else if (!is.null(checked$value)) {
    nn_utils_clip_grad_value_(parameters, checked$value)
  }
  invisible(NULL)
}

# {torch} divides the number by a tensor: there a number on the left is a float32, a tensor keeps its digits.
norm_for_engine <- function(max_norm, parameters) {
  if (engine_info()$name == "pytorch") {
    return(max_norm)
  }
  first <- if (is.list(parameters)) parameters[[1]] else parameters
  torch_scalar_tensor(max_norm, dtype = first$dtype, device = first$device)
}

# A `clip` that is NULL, or one of norm and value with a finite number > 0; any other is refused.
check_clip <- function(where, clip) {
  if (is.null(clip)) {
    return(NULL)
  }
  known <- is.list(clip) && length(clip) == 1 && one_text_of(c("norm", "value"))(names(clip))
  if (!known || !POSITIVE[[1]](clip[[1]])) {
    refuse(where, "clip", clip, "{norm: c} or {value: c} with a finite number c > 0")
  }
  clip
}

check_positive <- function(where, field, value) {
  if (!POSITIVE[[1]](value)) {
    refuse(where, field, value, POSITIVE[[2]])
  }
}
