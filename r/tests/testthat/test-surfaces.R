test_that("every surface is flat and lowest at its minima", {
  skip_without_engine()
  for (name in surface_names()) {
    surface <- get_surface(name)
    for (minimum in attr(surface, "minima")) {
      x <- f64(minimum)$requires_grad_()
      value <- surface(x)
      slope <- as.numeric(autograd_grad(value, x)[[1]])
      expect_lt(max(abs(slope)), 1e-6, label = name)
      shifts <- f64(0.1, 0, -0.1, 0, 0, 0.1, 0, -0.1)$reshape(c(4, 2))
      around <- with_no_grad(surface(shifts + f64(minimum)))
      expect_true(all(as.numeric(around) > value$item()), label = name)
    }
  }
})

test_that("values are those of the formulas", {
  skip_without_engine()
  at <- function(name, x1, x2) get_surface(name)(f64(x1, x2))$item()
  expect_equal(at("isotropic_paraboloid", 6, 6), 9.4)
  expect_equal(at("anisotropic_paraboloid", 5.1, 2.3), 0.2 * 5.1^2 + 2 * 2.3^2 - 5)
  expect_equal(at("rosenbrock", -1.5, 2), 2.5^2 + 100 * 0.25^2)
  expect_equal(at("himmelblau", 0, 0), 170)
  expect_equal(at("beale", 0, 0), 1.5^2 + 2.25^2 + 2.625^2)
  expect_equal(at("rastrigin", 0.5, 0), 20.25)
  expect_equal(at("saddle", 2, 1), 3)
})

test_that("a surface takes many points at once and keeps their dtype", {
  skip_without_engine()
  points <- torch_tensor(seq(-1, 1, length.out = 24))$reshape(c(3, 4, 2))
  values <- get_surface("beale")(points)
  expect_equal(dim(values), c(3, 4))
  expect_true(values$dtype == torch_float32())
})

test_that("a surface knows its name, formula, window and source", {
  expect_equal(names(SURFACES), surface_names())
  for (surface in SURFACES) {
    expect_s3_class(surface, "gradpath_surface")
    window <- attr(surface, "window")
    expect_true(window[[1]] < window[[2]] && window[[3]] < window[[4]])
    expect_true(nzchar(attr(surface, "source")))
  }
  expect_output(print(SURFACES$saddle), "<surface saddle> f(x_1, x_2) = x_1^2 - x_2^2", fixed = TRUE)
})

test_that("an unknown surface is refused with the names", {
  said <- message_of(get_surface("bowl"))
  expect_match(said, "get_surface(): name: 'bowl' is not accepted; use one of isotropic", fixed = TRUE)
})
