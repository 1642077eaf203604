test_that("scalars mean what they mean in YAML 1.2, whatever stands beside them", {
  rows <- utils::read.csv(
    project_file("tests", "workshop", "hostile", "scalars.csv"),
    colClasses = "character", na.strings = character()
  )
  kind <- function(value) {
    names <- c("NULL" = "null", logical = "flag", integer = "whole", double = "number", character = "text")
    names[[typeof(value)]]
  }
  for (i in seq_len(nrow(rows))) {
    file <- tempfile(fileext = ".yaml")
    writeLines(c(paste("value:", rows$text[[i]]), "quoted: '1e-3'"), file)
    data <- read_declaration(file)
    value <- data[["value"]]
    shown <- if (is.character(value)) value else show_value(value)
    expect_equal(c(kind(value), shown, data$quoted), c(rows$type[[i]], rows$value[[i]], "1e-3"), info = rows$text[[i]])
  }
})

test_that("control characters of a value are written as escapes, and long values are cut", {
  expect_equal(show_value("a\033[31m\nb"), "'a\\x1b[31m\\nb'")
  expect_equal(show_value(strrep("x", 300)), paste0("'", strrep("x", 100), "... (300 characters)'"))
  expect_equal(show_value(1:30), "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ... (30 in all)]")
  expect_equal(show_value(list(list(list(list(list(1)))))), "[[[[[...]]]]]")
  expect_equal(show_value(list("a\n" = 1)), "{a\\n: 1}")
  expect_equal(message_of(gradpath_stop("two\nlines")), "two\\nlines")
})
