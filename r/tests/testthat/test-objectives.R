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
  said <- function(schedule) message_of(descend("beale", c(1, 1), "sgd", 3, schedule = schedule))
  expect_match(said(function(t) stop("no rate")), "descend(): schedule: your function failed: no rate", fixed = TRUE)
  expect_equal(
    said(list(name = "lambda", lr_lambda = function(t) "fast")),
    "descend(): lr_lambda gave: 'fast' is not accepted; use a function that gives a finite number"
  )
})
