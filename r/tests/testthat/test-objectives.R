refused_surface <- function(surface, method = "manual") {
  message_of(descend(surface, c(1, 1), "sgd", 3, method = method))
}

test_that("a surface that is none is refused in one line, named as the reader's own", {
  skip_without_engine()
  none <- "descend(): surface: returned a value that does not depend on the point for autograd"
  for (method in c("manual", "optim")) {
    said <- function(surface) refused_surface(surface, method)
    expect_match(said(function(x) torch_tensor(3)), none, fixed = TRUE)
    expect_match(said(function(x) x$detach()$sum()), none, fixed = TRUE)
    expect_match(said(function(x) stop("a\033[31m\nb")), "your function failed: a\\x1b[31m\\nb (in ", fixed = TRUE)
    expect_match(said(function(x) x * "a"), "descend(): surface: your function failed: ", fixed = TRUE)
    expect_match(said(function(x) NULL), "returned NULL; return a tensor of one element", fixed = TRUE)
    expect_match(
      said(function(x) x$add_(1)$sum()),
      "your function changes the point that it is given; let it work on a clone",
      fixed = TRUE
    )
  }
  expect_equal(
    refused_surface(function() 1),
    "descend(): surface: a function of 0 arguments is not accepted; use a function of one, the point"
  )
  expect_equal(
    refused_surface(function(a, b) 1),
    "descend(): surface: a function of 2 arguments is not accepted; use a function of one, the point"
  )
})

test_that("a schedule of the reader's own is named as theirs", {
  skip_without_engine()
  accepted <- "is not accepted; use a function that gives a finite number >= 0"
  for (method in c("manual", "optim")) {
    said <- function(schedule) message_of(descend("beale", c(1, 1), "sgd", 3, schedule = schedule, method = method))
    expect_match(said(function(t) stop("no rate")), "descend(): schedule: your function failed: no rate", fixed = TRUE)
    expect_identical(said(function(t) 0.5 - t), paste("descend(): schedule gave: -0.5", accepted))
    factor <- function(value) said(list(name = "lambda", lr_lambda = function(t) value))
    expect_identical(factor("fast"), paste("descend(): lr_lambda gave: 'fast'", accepted))
    expect_identical(factor(-1), paste("descend(): lr_lambda gave: -1", accepted))
  }
})

test_that("pictures of nothing are refused with one line", {
  skip_without_engine()
  expect_identical(
    message_of(plot_schedules(list())),
    "plot_schedules(): rates: [] is not accepted; use one sequence of rates per picture, each with a rate"
  )
  curve <- function(x) x^2
  for (walk in list(c(5, 1), NaN, numeric())) {
    shown <- if (length(walk)) sub("NaN", "nan", walk[[1]]) else "null"
    expect_identical(
      message_of(plot_walks(list(curve), list(walk), list(c(-3, 3)))),
      paste0("plot_walks(): walks: ", shown, " is not accepted; use a start in its window, from -3 to 3")
    )
  }
})
