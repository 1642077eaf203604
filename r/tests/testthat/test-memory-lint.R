# The lint that refuses tensors made from matrices, on planted code.

refused_lines <- function(...) {
  skip_if_not_installed("lintr")
  lint <- new.env()
  sys.source(project_file("r", "tools", "memory_linter.R"), lint)
  file <- tempfile(fileext = ".R")
  writeLines(c(...), file)
  found <- lintr::lint(file, linters = list(memory_linter = lint$memory_linter()), parse_settings = FALSE)
  vapply(found, function(one) one$line_number, 1L)
}

test_that("the lint fires on every form that may keep R's memory", {
  unsafe <- c(
    "torch_tensor(matrix(c(0.2, -1.3, -0.5), ncol = 1), dtype = torch_float64())",
    "torch_tensor(array(1:3, c(3, 1, 1)), dtype = torch_int32())",
    "torch_tensor(cbind(1, gaps))", "torch_tensor(rbind(x, y))", "torch_tensor(t(x))",
    "torch_tensor(dtype = torch_float64(), data = as.matrix(frame))", "gradpath::torch_tensor(base::outer(x, y))",
    "torch_tensor(as_array(other), dtype = torch_float64())", "torch_tensor(table[rows, drop = FALSE])",
    "torch_tensor(numbers[, -65])", "torch_tensor(numbers[1:3, ])", "torch_tensor(unname(matrix(x, 1)) / 16)",
    "torch_tensor(if (wide) rbind(x) else x)", "torch_tensor_from_buffer(bytes, shape)"
  )
  expect_equal(refused_lines(unsafe), seq_along(unsafe))
})

test_that("the lint follows names to where they were given a matrix, and calls over several lines", {
  expect_equal(refused_lines(
    "f <- function() {", "  ends <- matrix(0, 2, 3)", "  wide <- ends * 2", "  torch_tensor(", "    wide,",
    "    dtype = torch_float64()", "  )", "}", "x <- 1:3", "dim(x) <- c(3, 1)", "torch_tensor(x)"
  ), c(4, 11))
})

test_that("the lint lets the safe forms pass, and what is marked", {
  expect_equal(refused_lines(
    "torch_tensor(c(0.2, -1.3, -0.5), dtype = torch_float64())$reshape(c(3, 1))",
    "torch_tensor(as.vector(t(x)))", "torch_tensor(drawn[step + 1, ], dtype = x$dtype)", "torch_tensor(x[[1]])",
    "torch_stack(list(torch_tensor(x), torch_tensor(y)), dim = 2)", "torch_tensor_from_buffer(b, s)$clone()",
    "torch_tensor(matrix(x, 1)) # nolint: memory_linter."
  ), integer())
})
