of_many <- function(x) x$select(-1, 1)^2 * 0.5 + torch_sin(x$select(-1, 2))
of_one <- function(x) x[1]^2 * 0.5 + torch_sin(x[2])
wide <- c(-3, 3, -2, 2)

test_that("many points get the values of the function in their shape and dtype", {
  skip_without_engine()
  own <- surface(of_many, "waves", wide, minima = list(c(0, -1.5)), source = "a test")
  expect_s3_class(own, "gradpath_surface")
  expect_equal(attr(own, "minima"), list(c(0, -1.5)))
  points <- torch_tensor(seq(-1, 1, length.out = 24))$reshape(c(3, 4, 2))
  expect_equal(dim(own(points)), c(3, 4))
  expect_true(own(points)$dtype == torch_float32())
  expect_equal(as.numeric(own(points)), as.numeric(of_many(points)))
  expect_equal(own(f64(1, 0))$item(), 0.5)
})

test_that("a function of one point is called point by point, one of many once for all", {
  skip_without_engine()
  calls <- 0
  counted <- function(f) {
    function(x) {
      calls <<- calls + 1
      f(x)
    }
  }
  points <- f64(seq(-1, 1, length.out = 20))$reshape(c(10, 2))
  one <- surface(counted(of_one), "one", wide)
  calls <- 0
  values <- as.numeric(one(points))
  expect_equal(calls, 10)
  many <- surface(counted(of_many), "many", wide)
  calls <- 0
  expect_equal(as.numeric(many(points)), values)
  expect_equal(calls, 1)
  # Right in shape for many points, and wrong.
  relative <- function(x) x$select(-1, 1) / x$abs()$max()
  alone <- vapply(torch_unbind(points, 1), function(point) relative(point)$item(), 1)
  expect_equal(as.numeric(surface(relative, "relative", wide)(points)), alone)
})

test_that("optimizers go down it as down the function, and pictures show it", {
  skip_without_engine()
  own <- surface(of_one, "own", wide)
  path <- descend(own, c(2.5, 1), "adam", 20, lr = 0.1)
  plain <- descend(of_one, c(2.5, 1), "adam", 20, lr = 0.1)
  expect_identical(path$value, plain$value)
  expect_identical(attr(path, "surface"), "own")
  limits <- function(plot) plot$coordinates$limits
  expect_equal(limits(plot_paths(path, own)), list(x = wide[1:2], y = wide[3:4]))
  reached <- range(plain$x1)
  margin <- 0.15 * diff(reached)
  expect_equal(limits(plot_paths(plain, of_one))$x, reached + c(-margin, margin))
  expect_equal(window_around(list(c(0, 4), 0), 0.15), c(-0.6, 4.6, -1.3, 1.3))
  expect_equal(window_around(list(0, 0), 0.15), c(-1, 1, -1, 1))
})

test_that("values that are no numbers, and a plain, are drawn", {
  skip_without_engine()
  path <- data.frame(step = 0:1, x1 = c(0, 1), x2 = c(0, 1), value = 0)
  for (f in list(function(x) torch_log(x$sum(dim = -1)), function(x) x$sum(dim = -1) * 0 + 3)) {
    file <- tempfile(fileext = ".png")
    save_plot(plot_paths(path, f), file)
    expect_gt(file.size(file), 5000)
  }
  expect_identical(
    message_of(plot_paths(path, function(x) x$sum(dim = -1) * NaN)),
    "surface 'function': has no finite value in the window; use another window"
  )
})

test_that("what cannot be drawn is refused in one line", {
  skip_without_engine()
  said <- function(f = of_many, name = "own", window = wide, ...) message_of(surface(f, name, window, ...))
  starts <- function(text, code) expect_match(code, paste0("surface(): ", text), fixed = TRUE)
  starts("f: 3 is not accepted; use a function of one argument, the points", said(3))
  starts("f: a function of 2 arguments is not accepted; use a function of one, the point", said(function(a, b) a))
  starts("f: returned a tensor of shape (2,) for one point; return a tensor of one element", said(function(x) x))
  starts("f: returned numeric for one point; return a tensor of one element", said(function(x) 3))
  starts("f: returned something else than real numbers", said(function(x) (x > 0)$all()))
  starts("f: your function failed: no", said(function(x) stop("no")))
  starts("f: returned a value that does not depend on the point", said(function(x) x$detach()$sum()))
  starts("name: 'two words' is not accepted; use a word of letters, digits and _", said(name = "two words"))
  starts("name: 'saddle' is not accepted", said(name = "saddle"))
  starts("window: [0, 1, 2] is not accepted; use four finite numbers", said(window = c(0, 1, 2)))
  starts("window: [1, 0, 0, 1] is not accepted", said(window = c(1, 0, 0, 1)))
  starts("minima: [0, nan] is not accepted; use a list of points", said(minima = list(c(0, NaN))))
  starts("source: 3 is not accepted; use a text", said(source = 3))
  path <- data.frame(step = 0, x1 = 0, x2 = 0, value = 0)
  expect_match(message_of(plot_paths(path, 3)), "plot_paths(): surface: 3 is not accepted; use one of", fixed = TRUE)
  expect_match(message_of(plot_paths(path, of_one, window = 1)), "plot_paths(): window: 1 is not", fixed = TRUE)
  expect_match(message_of(plot_paths(list(), of_one)), "plot_paths(): paths: [] is not accepted", fixed = TRUE)
})
