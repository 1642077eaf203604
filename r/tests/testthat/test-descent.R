test_that("the paths of the figures end where they should, by hand and through optim", {
  skip_without_engine()
  ends <- function(method, ...) {
    last_point(descend("anisotropic_paraboloid", c(5.1, 2.3), method = method, ...))
  }
  for (method in c("manual", "optim")) {
    expect_equal(
      ends(method, optimizer = "adagrad", steps = 7, lr = 3.7, eps = 1e-6),
      c(0.00106989950621102, -0.00260644449389353),
      tolerance = 1e-14 / 0.003
    )
    rms <- ends(method, optimizer = "rmsprop", steps = 7, lr = 3, alpha = 0.9, eps = 1e-6, init = "gradient")
    expect_lt(max(abs(rms - c(0.00126155016051902, -0.0188969124284722))), 1e-14)
    adam <- ends(method, optimizer = "adam", steps = 8, lr = 3, beta1 = 0.1, beta2 = 0.999, eps = 0,
                 init = "gradient", bias_correction = FALSE)
    expect_lt(max(abs(adam - c(-0.00066303387975938, -3.01171398955555e-05))), 1e-14)
  }
})

test_that("a path says what it is", {
  skip_without_engine()
  path <- descend("isotropic_paraboloid", c(6, 6), "sgd", 1, lr = 2.5)
  expect_named(path, c("step", "x1", "x2", "value"))
  expect_equal(path$step, 0:1)
  expect_equal(path$x1, c(6, 0))
  expect_equal(path$value, c(9.4, -5))
  about <- attributes(path)
  expect_equal(about$surface, "isotropic_paraboloid")
  expect_equal(about$start, c(6, 6))
  expect_equal(about$hyperparameters, list(lr = 2.5, weight_decay = 0))
  expect_equal(about$language, "r")
  expect_equal(about$engine, engine_info()$name)
  expect_equal(about$engine_version, engine_info()$version)
  expect_equal(c(about$dtype, about$device, about$status), c("float64", "cpu", "finished"))
})

test_that("no steps are a path of one point", {
  skip_without_engine()
  expect_equal(nrow(descend("beale", c(1, 1.5), "adam", 0)), 1)
})

test_that("a path that diverges stops at its last finite point and says when", {
  skip_without_engine()
  for (method in c("manual", "optim")) {
    path <- descend("rosenbrock", c(-1.5, 2), "sgd", 50, method, lr = 1)
    expect_true(all(is.finite(path$value)))
    expect_equal(attr(path, "status"), paste("diverged at step", nrow(path)))
  }
})

test_that("float32 numbers stay float32 numbers", {
  skip_without_engine()
  path <- descend("beale", c(1, 1.5), "adagrad", 5, "manual", "float32", lr = 0.5)
  single <- as.numeric(torch_tensor(path$x1)$to(dtype = torch_float64()))
  expect_identical(path$x1, single)
})

test_that("any function of a point can be descended", {
  skip_without_engine()
  path <- descend(function(x) (x - 3)$square()$sum(), c(0, 0), "sgd", 100, lr = 0.1)
  expect_equal(last_point(path), c(3, 3), tolerance = 1e-8)
  expect_equal(attr(path, "surface"), "function")
  one <- descend(function(x) (x * x)$sum(dim = 1, keepdim = TRUE), c(1, 1), "sgd", 1, lr = 0.5)
  expect_equal(last_point(one), c(0, 0))
  expect_equal(
    message_of(descend(function(x) x, c(1, 1), "sgd", 1)),
    "descend(): surface: returned a tensor of shape (2,); return a tensor of one element"
  )
})

test_that("bad input is refused with one line", {
  bad <- function(...) message_of(descend(...))
  names <- paste(surface_names(), collapse = ", ")
  expect_equal(bad("bowl", c(1, 1), "sgd", 3),
               paste0("descend(): surface: 'bowl' is not accepted; use one of ", names, ", or a function"))
  expect_equal(bad("beale", c(1, NaN), "sgd", 3),
               "descend(): start: [1, nan] is not accepted; use two finite numbers")
  expect_equal(bad("beale", c(1, 1), "sgd", -1),
               "descend(): steps: -1 is not accepted; use a whole number from 0 to 1000000")
  expect_equal(bad("beale", c(1, 1), "sgd", 3, lr = -0.1),
               "descend(): lr: -0.1 is not accepted; use a finite number >= 0")
  expect_equal(bad("beale", c(1, 1), "adam", 3, beta1 = 1),
               "descend(): beta1: 1 is not accepted; use a number >= 0 and < 1")
  expect_equal(bad("beale", c(1, 1), "adam", 3, bias_correction = 1),
               "descend(): bias_correction: 1 is not accepted; use true or false")
  expect_equal(bad("beale", c(1, 1), "sgd", 3, method = "hand"),
               "descend(): method: 'hand' is not accepted; use one of manual, optim")
  skip_without_engine()
  skip_if(cuda_is_available(), "a CUDA device is here, so it is not refused")
  expect_equal(bad("beale", c(1, 1), "sgd", 3, device = "cuda"),
               "descend(): device: 'cuda' is not accepted; use cpu (no CUDA device is available here)")
})
