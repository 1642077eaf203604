kept <- function(model = small_network(), epochs = 5, ...) {
  attr(train(model, made_data(), optimizer = "adam", lr = 0.05, epochs = epochs, keep_weights = TRUE, ...), "weights")
}

loss_with <- function(weights) {
  model <- small_network()
  parts <- torch_split(weights, vapply(unname(model$parameters), function(p) p$numel(), 1))
  copy_all(
    lapply(unname(model$parameters), function(p) p$detach()),
    Map(function(part, p) part$reshape(dim(p)), parts, unname(model$parameters))
  )
  evaluate_network(model, "cross_entropy", made_data())$loss
}

test_that("weights are kept before the first epoch and after each, also over an interruption", {
  skip_without_engine()
  model <- small_network()
  own <- kept(model)
  expect_length(own, 6)
  expect_equal(as_array(own[[1]]), as_array(flat_weights(small_network())))
  expect_equal(as_array(own[[6]]), as_array(flat_weights(model)))
  expect_null(attr(train(), "weights"))
  skip_if(engine_is("pytorch") && !reticulate::py_module_available("safetensors"), "this Python has no safetensors")
  file <- tempfile(fileext = ".safetensors")
  kept(epochs = 2, checkpoint = file)
  expect_equal(lapply(kept(checkpoint = file), as_array), lapply(own, as_array))
})

test_that("the value is the network's loss at those weights, and the network is left as it was", {
  skip_without_engine()
  model <- small_network()
  own <- kept(model)
  before <- weights(model)
  for (slice in list(loss_slice(model, "cross_entropy", made_data(), "principal", own),
                     loss_slice(model, "cross_entropy", made_data(), seed = 1, batch_size = 40))) {
    points <- f64(0, 0, 0.3, -0.7)$reshape(c(2, 2))
    values <- as.numeric(slice(points))
    rows <- torch_unbind(attr(slice, "directions"), 1)
    expect_equal(values[[1]], loss_with(flat_weights(model)))
    expect_equal(values[[2]], loss_with(attr(slice, "centre") + rows[[1]] * 0.3 + rows[[2]] * -0.7))
  }
  expect_identical(weights(model), before)
  expect_true(model$training)
})

test_that("the gradient is that in the two coefficients", {
  skip_without_engine()
  model <- small_network()
  slice <- loss_slice(model, "cross_entropy", made_data(), "principal", kept(model), batch_size = 40)
  x <- f64(0.2, -0.4)$requires_grad_()
  slope <- as.numeric(autograd_grad(slice(x), x)[[1]])
  nudged <- vapply(list(c(1e-5, 0), c(0, 1e-5)), function(by) {
    (slice(f64(c(0.2, -0.4) + by))$item() - slice(f64(c(0.2, -0.4) - by))$item()) / 2e-5
  }, 1)
  expect_equal(slope, nudged, tolerance = 1e-6)
  path <- descend(slice, c(-0.5, 0.5), "sgd", 4, lr = 0.3)
  expect_true(all(diff(path$value) < 0))
})

test_that("random directions are normalised filter by filter", {
  skip_without_engine()
  model <- images_network()
  slice <- loss_slice(model, "cross_entropy", made_data(images = TRUE), seed = 3)
  direction <- torch_unbind(attr(slice, "directions"), 1)[[2]]
  parts <- torch_split(direction, vapply(unname(model$parameters), function(p) p$numel(), 1))
  size <- function(tensor, p) as.numeric(tensor$reshape(c(dim(p)[[1]], -1))$square()$sum(dim = 2))
  for (i in seq_along(parts)) {
    p <- unname(model$parameters)[[i]]$detach()
    expect_equal(size(parts[[i]], p), if (length(dim(p)) < 2) rep(0, dim(p)) else size(p, p))
  }
})

test_that("what happens to the model later does not move the slice", {
  skip_without_engine()
  data <- made_data(images = TRUE)
  model <- images_network()
  slice <- loss_slice(model, "cross_entropy", data)
  before <- slice(f64(0.1, 0.1))$item()
  train(model, data, epochs = 1)
  after <- weights(model)
  expect_identical(slice(f64(0.1, 0.1))$item(), before)
  expect_identical(weights(model), after)
})

test_that("a training is laid onto the plane at the nearest points", {
  skip_without_engine()
  model <- small_network()
  own <- kept(model)
  slice <- loss_slice(model, "cross_entropy", made_data(), "principal", own)
  expect_gt(sum(attr(slice, "explained")), 0.8)
  path <- project_path(slice, own)
  rows <- torch_unbind(attr(slice, "directions"), 1)
  for (i in seq_along(own)) {
    shadow <- attr(slice, "centre") + rows[[1]] * path$x1[[i]] + rows[[2]] * path$x2[[i]]
    left <- own[[i]] - shadow
    expect_lt(max(abs(vapply(rows, function(row) (row * left)$sum()$item(), 1))), 1e-9)
    expect_equal(path$value[[i]], loss_with(shadow))
    expect_equal(path$loss[[i]], loss_with(own[[i]]))
  }
  expect_true(attr(path, "on_plane") > 0.8 && attr(path, "on_plane") <= 1)
  random <- project_path(loss_slice(model, "cross_entropy", made_data(), seed = 1), own)
  expect_lt(attr(random, "on_plane"), 0.3)
})

test_that("what makes no slice is refused in one line", {
  skip_without_engine()
  model <- small_network()
  ones <- function(n) rep(list(torch_ones(n, dtype = torch_float64())), 3)
  said <- function(...) message_of(loss_slice(model, "cross_entropy", made_data(), ...))
  starts <- function(text, code) expect_match(code, paste0("loss_slice(): ", text), fixed = TRUE)
  starts("directions: 'best' is not accepted; use one of random, principal", said("best"))
  starts("weights: null is not accepted; use a list of at least 3 vectors of 83 numbers", said("principal"))
  starts("weights: number 1 is a tensor of shape (3,); use a list", said("principal", ones(3)))
  starts("weights: lie on one line; use those of a training that turns", said("principal", ones(83)))
  starts("weights: are for principal directions; leave them out", said(weights = ones(83)))
  starts("window: [0, 1] is not accepted; use four finite numbers", said(window = c(0, 1)))
  starts("model: 3 is not accepted; use a module", message_of(loss_slice(3, "mse", made_data())))
  expect_match(message_of(project_path("saddle", ones(83))), "project_path(): slice: 'saddle' is not", fixed = TRUE)
  expect_match(message_of(train(keep_weights = 1)), "keep_weights: 1 is not accepted; use true", fixed = TRUE)
})
