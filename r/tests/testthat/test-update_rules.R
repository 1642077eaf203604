# One step of each rule against the formula written out on plain numbers.
x <- c(5.1, -2.3)
g <- c(0.4, 1.5)

step_of <- function(rule, ..., state = list()) {
  step <- rule(f64(x), f64(g), state, ...)
  list(x = as.numeric(step$x), state = step$state)
}

test_that("sgd, momentum and nesterov take their steps", {
  skip_without_engine()
  expect_equal(step_of(sgd, lr = 0.5)$x, x - 0.5 * g)
  v <- 0.9 * c(1, 2) + g
  expect_equal(step_of(momentum, lr = 0.5, state = list(v = f64(1, 2)))$x, x - 0.5 * v)
  expect_equal(step_of(nesterov, lr = 0.5, state = list(v = f64(1, 2)))$x, x - 0.5 * (g + 0.9 * v))
  expect_equal(step_of(momentum, lr = 0.5)$x, x - 0.5 * g)
})

test_that("adagrad and rmsprop divide by the root of their accumulator", {
  skip_without_engine()
  expect_equal(step_of(adagrad, lr = 0.5, eps = 0.1, state = list(s = f64(4, 9)))$x,
               x - 0.5 * g / (sqrt(c(4, 9) + g^2) + 0.1))
  expect_equal(step_of(rmsprop, lr = 0.5, alpha = 0.9, eps = 0.1)$x, x - 0.5 * g / (sqrt(0.1 * g^2) + 0.1))
  expect_equal(step_of(rmsprop, lr = 0.5, alpha = 0.9, eps = 0, init = "gradient")$x, x - 0.5 * sign(g))
})

test_that("adam corrects its averages, unless it is told not to", {
  skip_without_engine()
  expect_equal(step_of(adam, lr = 0.5, eps = 0)$x, x - 0.5 * sign(g))
  raw <- step_of(adam, lr = 0.5, eps = 0, bias_correction = FALSE)$x
  expect_equal(raw, x - 0.5 * sign(g) * 0.1 / sqrt(0.001))
  second <- step_of(adam, state = step_of(adam)$state)$state
  expect_equal(second$t, 2)
})

test_that("weight decay enters the gradient, and in adamw the point", {
  skip_without_engine()
  expect_equal(step_of(sgd, lr = 0.5, weight_decay = 0.1)$x, x - 0.5 * (g + 0.1 * x))
  expect_equal(step_of(adamw, lr = 0.5, eps = 0, weight_decay = 0.1)$x, x * 0.95 - 0.5 * sign(g))
})

test_that("a rule changes nothing in place and keeps shape and dtype", {
  skip_without_engine()
  for (rule in UPDATE_RULES) {
    at <- torch_ones(2, 3)
    step <- rule(at, torch_ones(2, 3), list())
    expect_equal(dim(step$x), c(2, 3))
    expect_true(step$x$dtype == torch_float32())
    expect_true(all(as.numeric(at) == 1))
  }
})

test_that("a hyperparameter may be a tensor: many runs are one run", {
  skip_without_engine()
  rates <- f64(0.1, 0.2, 0.3)$reshape(c(3, 1))
  ones <- torch_ones(3, 2, dtype = torch_float64())
  step <- sgd(ones, ones, list(), lr = rates)
  expect_equal(as.array(step$x), cbind(c(0.9, 0.8, 0.7), c(0.9, 0.8, 0.7)))
})

test_that("names and defaults are those of the rules", {
  expect_equal(optimizer_names(), names(UPDATE_RULES))
  expect_equal(default_hyperparameters("sgd"), list(lr = 1e-3, weight_decay = 0))
  expect_equal(
    default_hyperparameters("adam"),
    list(lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0, init = "zero",
         bias_correction = TRUE)
  )
})
