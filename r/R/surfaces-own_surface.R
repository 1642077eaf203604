# surface(): a function of the reader's own as a surface, checked by calling it.

#' @include refusals.R accepted.R schedules-fields.R surfaces-surface.R
NULL

# Where in a window a function is tried, as shares of its width and height: no two alike, none at its middle or edge,
# and so many that a function of one point, given all of them, does not give as many values by accident.
SAMPLE <- list(c(0.31, 0.62), c(0.83, 0.17), c(0.12, 0.09), c(0.57, 0.91), c(0.74, 0.44))

#' A surface of one's own
#'
#' Makes a surface of a function, as the built-in ones are (see [SURFACES]).
#'
#' @param f A function of one argument, a tensor of points of shape (n, 2), that gives their values, of shape (n),
#'   made of operations that autograd can differentiate: `function(x) (x^4)$sum(dim = -1)`. A function of a single
#'   point of shape (2), as [descend()] takes it, does too: it is called point by point, which is slower. `f` is tried
#'   at five points of the window, in float64.
#' @param name A word, and no built-in surface's.
#' @param window `c(x1 from, x1 to, x2 from, x2 to)`, for drawing.
#' @param minima A list of points, where the global minima are known to be; pictures mark them.
#' @param source Where the function comes from, a text.
#' @param formula In TeX, a text.
#' @return A surface: called with points of shape (..., 2) it gives values of shape (...). Bad input, and a function
#'   that fails, gives something else than a number for each point, or cannot be differentiated, stop with one line.
#' @export
#' @examplesIf has_engine()
#' quartic <- surface(function(x) (x^4)$sum(dim = -1), "quartic", c(-2, 2, -2, 2), minima = list(c(0, 0)))
#' path <- descend(quartic, c(1.5, -1), "momentum", 20, lr = 0.02)
#' plot_paths(path, quartic)
surface <- function(f, name, window, minima = NULL, source = NULL, formula = NULL) {
  where <- "surface()"
  check_callable(where, f, "f")
  word <- is.character(name) && length(name) == 1 && grepl("^[A-Za-z][A-Za-z0-9_]*$", name)
  if (!word || name %in% surface_names()) {
    taken <- paste(surface_names(), collapse = ", ")
    refuse(where, "name", name, paste0("a word of letters, digits and _, none of ", taken))
  }
  window <- check_window(where, window)
  points <- if (is.null(minima)) list() else check_minima(where, minima)
  texts <- list(source = source, formula = formula)
  for (field in names(texts)) {
    if (!is.null(texts[[field]]) && !is_text(texts[[field]])) refuse(where, field, texts[[field]], "a text")
  }
  formula_of <- drawable(paste0(where, ": f"), f, window)
  check_differentiable(paste0(where, ": f"), f, window)
  new_surface(name, formula %||% "", formula_of, points, window, source %||% "", place = 0)
}

# Refuses what is no function, or one that cannot be called with points alone.
check_callable <- function(where, f, field) {
  if (!is.function(f)) refuse(where, field, f, "a function of one argument, the points")
  check_arity(where, f, field)
}

# Refuses a function that cannot be called with a point alone.
check_arity <- function(where, surface, field = "surface") {
  shown <- args(surface)
  # Functions written in C do not always say what they take.
  if (is.null(shown)) {
    return(invisible())
  }
  parameters <- formals(shown)
  required <- vapply(parameters, is_required, TRUE) & names(parameters) != "..."
  if (sum(required) > 1 || length(parameters) == 0) {
    got <- sprintf("a function of %d arguments", sum(required))
    gradpath_stop(paste0(where, ": ", field, ": ", got, " is not accepted; use a function of one, the point"))
  }
}

# A window as four numbers; what is not four finite numbers in order is refused.
check_window <- function(where, window) {
  numbers <- (is.numeric(window) || is.list(window)) && length(window) == 4 && all(vapply(window, is_number, TRUE))
  if (!numbers || window[[1]] >= window[[2]] || window[[3]] >= window[[4]]) {
    accepted <- "four finite numbers: x1 from and to, x2 from and to, each to above its from"
    refuse(where, "window", window, accepted)
  }
  as.numeric(unlist(window))
}

# A window around numbers of x1 and numbers of x2, with a share of what they reach left free on each side. It is at
# least half as wide as high and the other way round, so that a straight path has room; around a single point it is 2
# wide and high.
window_around <- function(reached, margin) {
  ends <- lapply(reached, range)
  longest <- max(vapply(ends, diff, 1))
  if (longest == 0) longest <- 4 / (1 + 2 * margin)
  unlist(lapply(ends, function(end) {
    half <- max(diff(end), longest / 2) * (0.5 + margin)
    mean(end) + c(-half, half)
  }))
}

# Minima as points; what is not a list of points of two finite numbers is refused.
check_minima <- function(where, minima) {
  accepted <- "a list of points, two finite numbers each"
  if (!is.list(minima)) refuse(where, "minima", minima, accepted)
  lapply(unname(minima), function(point) {
    if (!two_finite_numbers(point)) refuse(where, "minima", point, accepted)
    as.numeric(unlist(point))
  })
}

# A function as a surface's formula: of tensors `x1` and `x2` of any shape, the values in that shape. A function that
# gives for many points what it gives for each of them is called with many, another point by point.
drawable <- function(where, f, window) {
  points <- sample_points(window)
  alone <- vapply(rows_of(points), function(point) own_value(where, f, point)$item(), 1)
  evaluated <- if (gives_the_same(f, points, alone)) f else point_by_point(where, f)
  function(x1, x2) {
    shape <- dim(x1)
    values <- evaluated(torch_stack(list(x1$reshape(-1), x2$reshape(-1)), dim = 2))
    values$to(dtype = x1$dtype)$reshape(if (length(shape)) shape else integer())
  }
}

sample_points <- function(window) {
  numbers <- lapply(SAMPLE, function(share) {
    c(window[[1]] + share[[1]] * (window[[2]] - window[[1]]), window[[3]] + share[[2]] * (window[[4]] - window[[3]]))
  })
  torch_tensor(unlist(numbers), dtype = torch_float64())$reshape(c(-1, 2))
}

rows_of <- function(points) torch_unbind(points, 1)

point_by_point <- function(where, f) {
  force(where)
  force(f)
  function(points) torch_stack(lapply(rows_of(points), function(point) own_value(where, f, point)))
}

# What a function of one point does with many is its own: it may fail in any way, or give numbers of another kind.
gives_the_same <- function(f, points, alone) {
  tryCatch(
    {
      values <- f(points$clone())
      # NaN, or NA, at the same places counts as the same.
      is_any_tensor(values) && identical(as.numeric(dim(values)), as.numeric(length(alone))) &&
        isTRUE(all.equal(as.numeric(values$detach()), alone, tolerance = 1e-9))
    },
    error = function(problem) FALSE
  )
}

own_value <- function(where, f, point) {
  value <- call_own(where, "your function failed", f(point$clone()))
  tensor <- is_any_tensor(value)
  if (!tensor || value$numel() != 1) {
    got <- if (tensor) shape_text(value$shape) else class(value)[[1]]
    gradpath_stop(paste0(where, ": returned ", got, " for one point; return a tensor of one element"))
  }
  if (!is.null(kind_text(value))) {
    gradpath_stop(paste0(where, ": returned something else than real numbers; return a dense tensor of them"))
  }
  value$reshape(integer())
}

# Refuses a function whose value autograd cannot follow back to the point.
check_differentiable <- function(where, f, window) {
  point <- rows_of(sample_points(window))[[1]]$clone()$requires_grad_()
  value <- own_value(where, f, point)
  slope <- if (value$requires_grad) {
    tryCatch(autograd_grad(value, point, allow_unused = TRUE)[[1]], error = function(problem) {
      user_failure(where, problem, "autograd cannot differentiate your function")
    })
  }
  if (is.null(slope) || is_undefined_tensor(slope)) {
    gradpath_stop(paste0(
      where, ": returned a value that does not depend on the point for autograd; compute it from the point",
      " with tensor operations, detaching nothing"
    ))
  }
}
