test_that("values are written as both languages write them", {
  expect_equal(show_value(NULL), "null")
  expect_equal(show_value(TRUE), "true")
  expect_equal(show_value(0.1), "0.1")
  expect_equal(show_value(100000000L), "100000000")
  expect_equal(show_value(NaN), "nan")
  expect_equal(show_value(-Inf), "-inf")
  expect_equal(show_value("lion"), "'lion'")
  expect_equal(show_value(c(1, NaN)), "[1, nan]")
  expect_equal(show_value(list(a = 1, b = "x")), "{a: 1, b: 'x'}")
  expect_equal(show_value(list()), "[]")
})

test_that("a refusal is one line of its own class", {
  expect_error(refuse("descend()", "lr", -1, "a finite number >= 0"), class = "gradpath_error")
  expect_equal(
    message_of(refuse("descend()", "lr", -1, "a finite number >= 0")),
    "descend(): lr: -1 is not accepted; use a finite number >= 0"
  )
})
