with_gradients <- function(scale, dtype) {
  torch_manual_seed(2)
  lapply(list(c(30, 20), 7, c(2, 3, 4)), function(shape) {
    p <- torch_zeros(shape, dtype = dtype, requires_grad = TRUE)
    (p * torch_randn(shape, dtype = dtype) * scale)$sum()$backward()
    p
  })
}

flat_gradient <- function(parameters) torch_cat(lapply(parameters, function(p) p$grad$reshape(-1)))

test_that("by hand clips as the library does", {
  skip_without_engine()
  for (scale in c(1e-3, 1, 1e4)) {
    for (limit in c(0.3, 1, 25)) {
      for (kind in c("norm", "value")) {
        parameters <- with_gradients(scale, torch_float64())
        flat <- flat_gradient(parameters)$clone()
        ours <- if (kind == "norm") clip_by_norm(flat, limit) else clip_by_value(flat, limit)
        clip_gradients(parameters, stats::setNames(list(limit), kind))
        theirs <- as.numeric(flat_gradient(parameters))
        near <- abs(as.numeric(ours) - theirs) <= 1e-12 * abs(theirs)
        expect_true(all(near), label = paste(scale, limit, kind))
      }
    }
  }
})

test_that("norm keeps the direction and value does not", {
  skip_without_engine()
  g <- f64(3, -4)
  expect_equal(as.numeric(clip_by_norm(g, 1)), c(0.6, -0.8), tolerance = 1e-6)
  expect_lt(as.numeric(torch_norm(clip_by_norm(g, 1))), 1)
  expect_identical(as.numeric(clip_by_norm(g, 5.1)), c(3, -4))
  expect_identical(as.numeric(clip_by_value(g, 3.5)), c(3, -3.5))
  expect_identical(as.numeric(clip_by_value(g * 0.1, 0.3)), c(0.3, -0.3))
  expect_identical(as.numeric(g), c(3, -4))
})

test_that("no clip leaves gradients alone", {
  skip_without_engine()
  parameters <- with_gradients(1, torch_float64())
  before <- as.numeric(flat_gradient(parameters))
  clip_gradients(parameters, NULL)
  expect_identical(as.numeric(flat_gradient(parameters)), before)
})

test_that("another clip is refused, in Python's words", {
  lists <- list(list(), list(norm = 0), list(norm = 1, value = 1), list(size = 1), list(value = Inf))
  for (clip in c(lists, 1, "norm")) {
    expect_match(message_of(check_clip("here", clip)),
                 "^here: clip: .* is not accepted; use \\{norm: c\\} or \\{value: c\\}")
  }
  expect_equal(check_clip("here", list(norm = 2)), list(norm = 2))
  expect_null(check_clip("here", NULL))
  expect_equal(message_of(clip_by_value(NULL, 0)),
               "clip_by_value(): limit: 0 is not accepted; use a finite number > 0")
  expect_match(message_of(clip_by_norm(NULL, -1)), "clip_by_norm(): max_norm: -1 is", fixed = TRUE)
})
