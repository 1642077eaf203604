# Why numbers stand on the right of tensors: in {torch} a number on the left becomes float32 first.

test_that("a number on the left loses digits in {torch}, and in engine 'pytorch' does not", {
  skip_without_engine()
  x <- f64(1)
  expect_identical((x * 3.7)$item(), 3.7)
  expect_identical((x[1] * -1 + 1.1)$item(), 1.1 - 1)
  left <- (3.7 * x)$item()
  if (engine_is("torch")) {
    expect_identical(left, 3.7000000476837158)
  } else {
    expect_identical(left, 3.7)
    expect_identical((1.1 - x[1])$item(), 1.1 - 1)
    expect_true((1 - x[1])$dtype == torch_float64())
  }
})

# Calls `found` with every operation in a piece of code whose left side is a plain number.
numbers_on_the_left <- function(code) {
  if (!is.call(code)) {
    return(character())
  }
  inside <- unlist(lapply(as.list(code)[-1], numbers_on_the_left))
  operators <- c("+", "-", "*", "/", "^")
  operation <- is.name(code[[1]]) && as.character(code[[1]]) %in% operators && length(code) == 3
  left_is_number <- operation && is.numeric(code[[2]])
  # Numbers with numbers are no tensors: 2 * pi, 1 - beta1.
  names_right <- if (left_is_number) all.names(code[[3]], functions = FALSE)
  scalars <- c("pi", "alpha", "beta1", "beta2", "lr", "weight_decay", "t")
  as.character(c(inside, if (left_is_number && !all(names_right %in% scalars)) deparse(code)))
}

test_that("the scan finds a number on the left of a tensor, and only there", {
  expect_equal(numbers_on_the_left(quote(y <- 0.2 * x1^2 - 5)), "0.2 * x1^2")
  expect_equal(numbers_on_the_left(quote(y <- x1^2 * 0.2 + x * (1 - beta1))), character())
})

test_that("no rule and no surface has a number on the left of a tensor", {
  for (rule in c(UPDATE_RULES, list(add_decay, first_average))) {
    expect_equal(numbers_on_the_left(body(rule)), character())
  }
  for (surface in SURFACES) {
    expect_equal(numbers_on_the_left(body(environment(surface)$formula_of)), character())
  }
})
