# loss_slice(): a plane through the loss of a network, as a surface; project_path(): a training laid onto it.

#' @include refusals.R surfaces-own_surface.R
NULL

DIRECTIONS <- c("random", "principal")
# How many points a picture of a slice has on each side: each is a pass over all data.
SLICE_GRID <- 41
# How much of what a training reaches on its principal plane is left free on each side.
SLICE_MARGIN <- 0.25

#' A slice through the loss of a network
#'
#' `loss_slice()` gives a surface whose two coordinates move all weights of a network: a plane through its weights as
#' they are now, at (0, 0). `project_path()` lays the weights of a training onto it, each at the nearest point of the
#' plane, as a path that [plot_paths()] draws.
#'
#' The loss is that over all of `data`, in evaluation mode: dropout is off, and batch norm keeps the averages that the
#' model had when the slice was made, also where the weights are others. While the slice is evaluated the model holds
#' other weights; afterwards it holds its own again, trained on or not.
#'
#' What such a picture hides. A network has thousands of weights and the plane has two coefficients, so almost every
#' direction is left out: a valley on the plane may be a ridge beside it, and the other way round. A training does
#' not happen on the plane: its points are shadows of the real weights (`on_plane` says how much of their distance
#' lies on the plane), its steps followed the gradient of all weights and of one batch, and the loss at a shadow is
#' not the loss at the weights. Random directions see next to nothing of a training (Li et al., section 7); principal
#' directions are chosen to show as much of this one as two can, and say little about other directions.
#'
#' @param model,loss,data As [train_network()] takes them. A few thousand samples make a picture in seconds.
#' @param directions `"random"`: two normal directions, *filter-normalised*: the part of a direction that belongs to
#'   one unit of a layer, or to one filter of a convolution, is as long as the weights there, and biases and batch
#'   norm stay (Li et al., section 4). `"principal"`: the two principal directions of a training's weights,
#'   orthogonal and of length 1 (section 7).
#' @param weights Weights of a training, a list of vectors of all parameters, as `train_network(keep_weights = TRUE)`
#'   keeps them in the attribute `weights` and [flat_weights()] gives them; for principal directions at least three.
#' @param seed Of the random directions; the same directions in both languages.
#' @param window `c(x1 from, x1 to, x2 from, x2 to)`, for drawing. If left out: from -1 to 1 in both random
#'   directions; what the training reaches in principal ones.
#' @param batch_size How many samples go through the network at once.
#' @param device `"cpu"`, `"cuda"` or `"cuda:N"`, where the network computes.
#' @return `loss_slice()` gives a surface named `loss_slice` with the attributes `centre`, a tensor of shape (n), and
#'   `directions`, of shape (2, n), in float64; `explained`, the shares of the variance of `weights` along each
#'   principal direction; and `loss_of`, a function of any weights. [descend()] goes down it by the gradient in the
#'   two coefficients; it has no second derivatives. `project_path()` gives a data frame with one row per vector:
#'   `step`, `x1`, `x2`, `value` (the loss at the shadow on the plane), and beside them `loss`, that at the weights
#'   themselves, and `on_plane`, how much of the squared distance from the centre lies on the plane: 1 for weights on
#'   it, near 0 for weights of which the picture shows nothing, NaN at the centre. Its attributes are surface,
#'   explained, and on_plane over all rows together. Bad input stops with one line.
#' @references Li, Xu, Taylor, Studer, Goldstein: Visualizing the Loss Landscape of Neural Nets. NeurIPS 2018.
#' @export
#' @examplesIf has_engine()
#' data <- list(x = torch_randn(60, 4), y = torch_tensor(rep(1:2, 30)))
#' model <- tanh_network(4, 3, outputs = 2, seed = 0)
#' table <- train_network(model, "cross_entropy", data, epochs = 4, batch_size = 16, keep_weights = TRUE)
#' slice <- loss_slice(model, "cross_entropy", data, "principal", attr(table, "weights"))
#' project_path(slice, attr(table, "weights"))
loss_slice <- function(model, loss, data, directions = "random", weights = NULL, seed = 0, window = NULL,
                       batch_size = 1000, device = "cpu") {
  where <- "loss_slice()"
  given <- check_evaluation(where, model, loss, data, character(), batch_size)
  require_choice(where, "directions", directions, DIRECTIONS)
  require_value(where, "seed", seed)
  if (!is.null(window)) window <- check_window(where, window)
  place <- as_device(where, device)
  centre <- flat_weights(model)$to(dtype = torch_float64())
  explained <- NULL
  if (directions == "principal") {
    moved <- check_weights(where, weights, centre, least = 3) - centre
    found <- principal_plane(where, moved)
    plane <- found$plane
    explained <- found$explained
    reached <- rbind(as_array(coefficients_of(plane, moved)), 0)
    window <- window %||% window_around(list(reached[, 1], reached[, 2]), SLICE_MARGIN)
  } else {
    if (!is.null(weights)) {
      gradpath_stop(paste0(where, ": weights: are for principal directions; leave them out for random ones"))
    }
    plane <- random_plane(model, seed)
    if (plane$abs()$sum()$item() == 0) {
      gradpath_stop(paste0(
        where, ": model: has no layer with weights; use one with a linear layer or a convolution"
      ))
    }
  }
  data <- list(x = given$data$x$to(device = place), y = given$data$y$to(device = place))
  at <- slice_evaluation(model, given, data, batch_size, place)
  # What model and loss do wrong is refused here, at the centre.
  at$loss(1, function(i) centre)
  made <- new_surface(
    "loss_slice", "", slice_formula(at, centre, plane), list(), window %||% c(-1, 1, -1, 1),
    "Li et al. (2018), Visualizing the Loss Landscape of Neural Nets", place = 0
  )
  attributes(made) <- c(attributes(made), list(
    centre = centre, directions = plane, explained = explained, grid = SLICE_GRID,
    loss_of = function(weights) at$loss(1, function(i) weights)
  ))
  class(made) <- c("gradpath_slice", class(made))
  made
}

#' @rdname loss_slice
#' @param slice What `loss_slice()` gave.
#' @export
project_path <- function(slice, weights) {
  where <- "project_path()"
  if (!inherits(slice, "gradpath_slice")) refuse(where, "slice", slice, "a slice, as loss_slice() gives it")
  centre <- attr(slice, "centre")
  own <- check_weights(where, weights, centre, least = 1)
  moved <- own - centre
  at <- coefficients_of(attr(slice, "directions"), moved)
  length <- as.numeric(moved$square()$sum(dim = 2))
  left <- as.numeric(torch_matmul(at, attr(slice, "directions"))$square()$sum(dim = 2))
  coefficients <- torch_unbind(at, 2)
  path <- data.frame(
    step = seq_along(length) - 1L, x1 = as.numeric(coefficients[[1]]), x2 = as.numeric(coefficients[[2]]),
    value = as.numeric(with_no_grad(slice(at))),
    loss = vapply(torch_unbind(own, 1), attr(slice, "loss_of"), 1),
    on_plane = left / length
  )
  known <- list(
    surface = attr(slice, "name"), explained = attr(slice, "explained"), on_plane = sum(left) / sum(length),
    status = "finished"
  )
  attributes(path) <- c(attributes(path), known)
  path
}

# Weights as one tensor of shape (count, n), float64; those of another network are refused.
check_weights <- function(where, weights, like, least) {
  size <- like$numel()
  accepted <- sprintf(
    "a list of at least %d vectors of %d numbers, as train_network(keep_weights = TRUE) keeps them", least,
    as.integer(size)
  )
  if (!is.list(weights) || length(weights) < least) {
    refuse(where, "weights", if (is.list(weights)) length(weights) else weights, accepted)
  }
  for (number in seq_along(weights)) {
    own <- weights[[number]]
    place <- paste0(where, ": weights: number ", number)
    if (!is_any_tensor(own) || !identical(as.numeric(dim(own)), as.numeric(size))) {
      got <- if (is_any_tensor(own)) shape_text(dim(own)) else class(own)[[1]]
      gradpath_stop(paste0(place, " is ", got, "; use ", accepted))
    }
    if (!torch_isfinite(own)$all()$item()) {
      gradpath_stop(paste0(place, " has numbers that are not finite; leave it out"))
    }
  }
  torch_stack(lapply(unname(weights), function(own) own$detach()$to(dtype = torch_float64())$cpu()))
}

# The slice as a surface's formula. {torch} has no call of a module with other parameters that autograd follows, so
# the gradient in the two coefficients is computed from that of the weights, and handed on as a plane through the
# point.
slice_formula <- function(at, centre, plane) {
  rows <- torch_unbind(plane, 1)
  function(x1, x2) {
    shape <- dim(x1)
    flat <- lapply(list(x1, x2), function(x) x$reshape(-1))
    numbers <- lapply(flat, as.numeric)
    # Made when it is their turn: all weights of all points together may not fit into memory.
    points <- seq_along(numbers[[1]])
    weights_at <- function(i) centre + rows[[1]] * numbers[[1]][[i]] + rows[[2]] * numbers[[2]][[i]]
    as_values <- function(values) {
      torch_tensor(values, dtype = torch_float64())$to(dtype = x1$dtype, device = x1$device)
    }
    values <- as_values(at$loss(points, weights_at))
    if (x1$requires_grad || x2$requires_grad) {
      slopes <- lapply(points, function(i) {
        slope <- at$slope(weights_at(i))
        vapply(rows, function(row) (row * slope)$sum()$item(), 1)
      })
      for (k in 1:2) {
        values <- values + (flat[[k]] - flat[[k]]$detach()) * as_values(vapply(slopes, `[[`, 1, k))
      }
    }
    values$reshape(if (length(shape)) shape else integer())
  }
}

# `$loss(points, weights_at)` gives the losses at each of some points, whose weights a function gives;
# `$slope(weights)` the gradient there, a vector as long. In between the model holds these weights and the buffers
# that it has now, and it is left as it was found.
slice_evaluation <- function(model, given, data, batch_size, place) {
  buffers <- lapply(model$buffers, function(buffer) buffer$detach()$clone())
  with_own <- function(compute) {
    model$to(device = place)
    training <- model$training
    tensors <- list(parameters = lapply(model$parameters, detached), buffers = lapply(model$buffers, detached))
    before <- lapply(tensors, lapply, function(tensor) tensor$clone())
    on.exit({
      copy_all(tensors$parameters, before$parameters)
      copy_all(tensors$buffers, before$buffers)
      model$train(training)
    })
    model$eval()
    copy_all(tensors$buffers, buffers)
    compute(unname(tensors$parameters))
  }
  put <- function(parameters, weights) {
    parts <- torch_split(weights, vapply(parameters, function(p) p$numel(), 1))
    copy_all(parameters, Map(function(part, p) part$reshape(dim(p)), parts, parameters))
  }
  loss <- function(points, weights_at) {
    with_own(function(parameters) {
      vapply(points, FUN.VALUE = 1, function(i) {
        put(parameters, weights_at(i))
        measure(model, given$forward, given$measures, data, batch_size)$loss
      })
    })
  }
  slope <- function(weights) {
    with_own(function(parameters) {
      put(parameters, weights)
      slope_of_mean(model, given, data, batch_size)
    })
  }
  list(loss = loss, slope = slope)
}

detached <- function(tensor) tensor$detach()

copy_all <- function(to, from) {
  with_no_grad(for (i in seq_along(to)) to[[i]]$copy_(from[[i]]))
}

# The gradient of the mean loss over all data at the model's weights: a vector in float64.
slope_of_mean <- function(model, given, data, batch_size) {
  parameters <- unname(model$parameters)
  frozen <- Filter(function(p) !p$requires_grad, parameters)
  for (p in frozen) p$requires_grad_(TRUE)
  on.exit(for (p in frozen) p$requires_grad_(FALSE))
  xs <- torch_split(data$x, batch_size)
  ys <- torch_split(data$y, batch_size)
  lay_out <- batch_layout(data$x)
  samples <- data$y$shape[[1]]
  total <- NULL
  for (i in seq_along(ys)) {
    value <- given$measures$loss(given$forward(lay_out(xs[[i]])), ys[[i]])$reshape(integer())
    slopes <- autograd_grad(value, parameters, allow_unused = TRUE)
    slopes <- Map(function(g, p) {
      g <- if (is.null(g) || is_undefined_tensor(g)) torch_zeros_like(p) else g
      g$detach()$reshape(-1)$to(dtype = torch_float64())$cpu()
    }, slopes, parameters)
    part <- torch_cat(slopes) * (ys[[i]]$shape[[1]] / samples)
    total <- if (is.null(total)) part else total + part
  }
  total
}

# Two filter-normalised directions. Drawn on the CPU in float64: the same on every device, and in both languages.
random_plane <- function(model, seed) {
  parameters <- lapply(unname(model$parameters), function(p) p$detach()$to(dtype = torch_float64())$cpu())
  with_torch_manual_seed(seed = seed, {
    drawn <- lapply(1:2, function(k) torch_cat(lapply(parameters, like_filters)))
  })
  torch_stack(drawn)
}

like_filters <- function(weights) {
  drawn <- torch_randn(dim(weights), dtype = torch_float64())
  if (length(dim(weights)) < 2) {
    return(torch_zeros(weights$numel(), dtype = torch_float64()))
  }
  # One row for each filter, or unit of a linear layer.
  rows <- drawn$reshape(c(dim(weights)[[1]], -1))
  own <- weights$reshape(c(dim(weights)[[1]], -1))
  size <- function(rows) rows$square()$sum(dim = 2, keepdim = TRUE)$sqrt()
  (rows / size(rows) * size(own))$reshape(-1)
}

# The two directions in which weights differ most, and the shares of their variance along them.
principal_plane <- function(where, moved) {
  parts <- linalg_svd(moved - moved$mean(dim = 1), full_matrices = FALSE)
  shares <- as.numeric(parts[[2]]$square() / parts[[2]]$square()$sum())
  if (!isTRUE(shares[[2]] > 1e-12)) {
    gradpath_stop(paste0(where, ": weights: lie on one line; use those of a training that turns"))
  }
  rows <- torch_unbind(parts[[3]], 1)[1:2]
  # An axis may point either way: let its largest number be positive, so that both languages choose the same.
  rows <- lapply(rows, function(row) {
    numbers <- as.numeric(row)
    row * sign(numbers[[which.max(abs(numbers))]])
  })
  list(plane = torch_stack(rows), explained = shares[1:2])
}

# Random directions are not quite orthogonal.
coefficients_of <- function(plane, moved) {
  across <- torch_matmul(plane, torch_transpose(plane, 1, 2))
  torch_transpose(linalg_solve(across, torch_matmul(plane, torch_transpose(moved, 1, 2))), 1, 2)
}
