# In the order of a network's parameters, as both languages name them.
NAMES <- list(
  tanh = paste0(rep(c(1, 3, 5, 7), each = 2), c(".weight", ".bias")),
  lenet = paste0(rep(c(0, 3, 7, 9, 11), each = 2), c(".weight", ".bias")),
  cnn = paste0(rep(c(0, 1, 4, 5, 10, 12), each = 2), c(".weight", ".bias"))
)

test_that("a network takes pictures and gives one number per class", {
  skip_without_engine()
  gives <- function(model, ...) model(torch_rand(2, ...))$shape
  expect_equal(gives(tanh_network(), 1, 28, 28), c(2, 10))
  expect_equal(gives(tanh_network(64, rep(5, 24), 3), 8, 8), c(2, 3))
  expect_equal(gives(lenet(), 1, 28, 28), c(2, 10))
  expect_equal(gives(lenet(3, 32, activation = "sigmoid"), 3, 32, 32), c(2, 10))
  expect_equal(gives(lenet(1, 12, activation = "tanh"), 1, 12, 12), c(2, 10))
  expect_equal(gives(small_cnn(size = 8, batch_norm = TRUE, dropout = 0.5), 1, 8, 8), c(2, 10))
  expect_equal(gives(small_cnn(3, 32, 4), 3, 32, 32), c(2, 4))
  expect_equal(gives(small_cnn(size = 4), 1, 4, 4), c(2, 10))
})

test_that("parameters are named and counted as in Python", {
  skip_without_engine()
  expect_named(tanh_network()$parameters, NAMES$tanh)
  expect_named(lenet()$parameters, NAMES$lenet)
  expect_named(small_cnn(batch_norm = TRUE, dropout = 0.1)$parameters, NAMES$cnn)
  expect_equal(count_parameters(lenet()), 61706)
  expect_equal(count_parameters(tanh_network()), 111146)
  expect_equal(count_parameters(small_cnn(batch_norm = TRUE)) - count_parameters(small_cnn()), 2 * (16 + 32))
})

test_that("first weights spread as their papers say", {
  skip_without_engine()
  torch_manual_seed(1)
  layers <- list(list(nn_linear(300, 200), 300, 200), list(nn_conv2d(20, 30, 5), 500, 750))
  for (layer in layers) {
    model <- layer[[1]]
    fan_in <- layer[[2]]
    fan_out <- layer[[3]]
    spread <- c(small = 1e-4, he = sqrt(2 / fan_in), xavier = sqrt(2 / (fan_in + fan_out)))
    for (init in names(spread)) {
      nn_init_ones_(model$bias)
      initialize_network(model, init)
      weights <- as.numeric(model$weight$detach()$reshape(-1))
      expect_equal(stats::sd(weights), spread[[init]], tolerance = 0.03)
      expect_lt(abs(mean(weights)), 0.03 * spread[[init]])
      expect_equal(as.numeric(model$bias$detach()), rep(0, fan_out / prod(dim(model$weight)[-(1:2)])))
    }
    expect_lte(max(abs(weights)), sqrt(6 / (fan_in + fan_out)) * (1 + 1e-7))
    initialize_network(model, "zeros")
    expect_equal(as.numeric(model$weight$detach()$abs()$max()), 0)
  }
})

test_that("batch norm stays as it is, and a seed decides the weights", {
  skip_without_engine()
  model <- small_cnn(batch_norm = TRUE, init = "zeros")
  expect_equal(as.numeric(model[[2]]$weight$detach()), rep(1, 16))
  expect_true(torch_equal(lenet(seed = 5)[[1]]$weight, lenet(seed = 5)[[1]]$weight))
  torch_manual_seed(5)
  expect_true(torch_equal(lenet()[[1]]$weight, lenet(seed = 5)[[1]]$weight))
  expect_false(torch_equal(lenet(seed = 6)[[1]]$weight, lenet(seed = 5)[[1]]$weight))
})

test_that("float64 weights are drawn in float64, and the default dtype comes back", {
  skip_without_engine()
  model <- small_cnn(batch_norm = TRUE, dtype = "float64", seed = 2)
  doubles <- vapply(model$parameters, function(p) p$dtype == torch_float64(), TRUE)
  expect_true(all(doubles))
  expect_true(torch_get_default_dtype() == torch_float32())
  weights <- as.numeric(model[[1]]$weight$detach()$reshape(-1))
  expect_false(any(weights == as.numeric(torch_tensor(weights)$to(dtype = torch_float64()))))
})

test_that("what makes no network is refused, in Python's words", {
  said <- function(code) message_of(code)
  expect_equal(
    said(tanh_network(hidden = c(8, 0))),
    "tanh_network(): hidden: [8, 0] is not accepted; use one or more whole numbers >= 1"
  )
  expect_match(said(tanh_network(hidden = NULL)), "tanh_network(): hidden: null is not", fixed = TRUE)
  expect_equal(said(tanh_network(0)), "tanh_network(): inputs: 0 is not accepted; use a whole number >= 1")
  expect_equal(
    said(tanh_network(init = "glorot")),
    "tanh_network(): init: 'glorot' is not accepted; use one of default, zeros, small, xavier, he"
  )
  expect_match(said(tanh_network(seed = -1)), "tanh_network(): seed: -1 is not accepted", fixed = TRUE)
  expect_match(said(tanh_network(dtype = "float16")), "dtype: 'float16' is not accepted", fixed = TRUE)
  expect_equal(said(lenet(size = 11)), "lenet(): size: 11 is not accepted; use a whole number >= 12")
  expect_equal(
    said(lenet(activation = "gelu")),
    "lenet(): activation: 'gelu' is not accepted; use one of relu, sigmoid, tanh"
  )
  expect_equal(said(lenet(1.5)), "lenet(): channels: 1.5 is not accepted; use a whole number >= 1")
  expect_equal(said(small_cnn(size = 3)), "small_cnn(): size: 3 is not accepted; use a whole number >= 4")
  expect_equal(
    said(small_cnn(dropout = 1)), "small_cnn(): dropout: 1 is not accepted; use a number >= 0 and < 1"
  )
  expect_equal(
    said(small_cnn(batch_norm = 1)), "small_cnn(): batch_norm: 1 is not accepted; use true or false"
  )
})
