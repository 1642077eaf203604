# Functions of the reader's own, as descend() calls them: what they give is checked, what they raise named theirs.

#' @include refusals.R schedules-fields.R schedules-library.R
NULL

SURFACE_PLACE <- "descend(): surface"

# The value of a surface at a point, checked: one real number that autograd can follow back to the point.
value_at <- function(objective, x, differentiable) {
  value <- call_objective(objective, x)
  tensor <- inherits(value, "torch_tensor") || inherits(value, "torch.Tensor")
  if (!tensor || value$numel() != 1) {
    got <- if (tensor) shape_text(value$shape) else class(value)[[1]]
    gradpath_stop(paste0(SURFACE_PLACE, ": returned ", got, "; return a tensor of one element"))
  }
  got <- kind_text(value)
  if (!is.null(got)) {
    gradpath_stop(paste0(SURFACE_PLACE, ": returned ", got, "; return a dense tensor of one real number"))
  }
  if (differentiable && !value$requires_grad) refuse_no_gradient()
  if (length(value$shape)) value$reshape(integer()) else value
}

# Calls a surface, and refuses one that stops or changes the point.
call_objective <- function(objective, x) {
  before <- as.numeric(x)
  value <- tryCatch(objective(x), error = function(problem) {
    if (in_place(problem)) refuse_change()
    user_failure(SURFACE_PLACE, problem)
  })
  after <- as.numeric(x)
  if (length(after) != 2 || (all(is.finite(before)) && !identical(before, after))) refuse_change()
  value
}

# What a value is where it is not one real number; NULL where it is.
kind_text <- function(value) {
  if (value$is_complex()) {
    return("a complex tensor")
  }
  # A sparse tensor has no number to read.
  readable <- tryCatch(
    {
      value$item()
      TRUE
    },
    error = function(problem) FALSE
  )
  if (!readable) {
    return("a sparse tensor")
  }
  if (!value$is_floating_point()) "a tensor that is not of floating point"
}

# The gradient of a surface's value at a point.
gradient_at <- function(value, x) {
  tryCatch(autograd_grad(value, x)[[1]], error = refuse_gradient)
}

# Leaves the gradient of a surface's value at the point, as the library's optimizers look for it.
leave_gradient <- function(value, x) {
  tryCatch(value$backward(), error = refuse_gradient)
  left <- tryCatch(!is.null(x$grad) && x$grad$numel() == 2, error = function(problem) FALSE)
  if (!left) refuse_no_gradient()
}

refuse_gradient <- function(problem) {
  if (grepl("not have been used in the graph", conditionMessage(problem), fixed = TRUE)) refuse_no_gradient()
  user_failure(SURFACE_PLACE, problem, "autograd cannot differentiate your function")
}

# What the library says where the point itself would be changed while autograd watches it.
in_place <- function(problem) {
  said <- conditionMessage(problem)
  grepl("leaf", said, fixed = TRUE) && grepl("in-place", said, fixed = TRUE)
}

refuse_change <- function() {
  gradpath_stop(paste0(SURFACE_PLACE, ": your function changes the point that it is given; let it work on a clone"))
}

refuse_no_gradient <- function() {
  gradpath_stop(paste0(
    SURFACE_PLACE, ": returned a value that does not depend on the point for autograd; compute it from the point",
    " with tensor operations, detaching nothing"
  ))
}

# As Python writes a tuple, so that both languages say the same.
shape_text <- function(shape) {
  inside <- if (length(shape) == 1) paste0(shape, ",") else paste(shape, collapse = ", ")
  paste0("a tensor of shape (", inside, ")")
}
