# The same numbers as in Python are tested from there; here: what an R user sees.

numbers <- function(n, most) as.raw((seq_len(n) * 7) %% (most + 1))
four_bytes <- function(n) as.raw(c(0, 0, n %/% 256, n %% 256))
idx_bytes <- function(bytes, shape) c(as.raw(c(0, 0, 8, length(shape))), unlist(lapply(shape, four_bytes)), bytes)

new_folder <- function() {
  folder <- tempfile()
  dir.create(folder)
  folder
}

fashion_folder <- function() {
  folder <- new_folder()
  for (part in list(list("train", 20), list("t10k", 10))) {
    n <- part[[2]]
    writeBin(idx_bytes(numbers(n * 784, 255), c(n, 28, 28)), file.path(folder, paste0(part[[1]], "-images-idx3-ubyte")))
    writeBin(idx_bytes(numbers(n, 9), n), file.path(folder, paste0(part[[1]], "-labels-idx1-ubyte")))
  }
  folder
}

test_that("an IDX file becomes a tensor of its shape", {
  skip_without_engine()
  file <- tempfile()
  writeBin(idx_bytes(as.raw(1:6), c(2, 3)), file)
  x <- read_idx(file)
  expect_equal(x$shape, c(2, 3))
  expect_equal(as.numeric(x[2, ]), c(4, 5, 6))
  expect_error(read_idx("none"), "none: cannot be read; use an IDX file", fixed = TRUE)
})

test_that("images are from 0 to 1 and classes are counted from 1", {
  skip_without_engine()
  data <- fashion_mnist(fashion_folder())
  expect_equal(data$train$x$shape, c(20, 1, 28, 28))
  expect_equal(as.numeric(data$train$x[1, 1, 1, 1:3]), c(7, 14, 21) / 255, tolerance = 1e-7)
  expect_equal(as.numeric(data$test$y), (seq_len(10) * 7) %% 10 + 1)
  expect_equal(data$train$classes[[10]], "ankle boot")
  expect_output(print(data$test), "10 samples of 1 x 28 x 28, 10 classes", fixed = TRUE)
})

test_that("CIFAR-10 is read from its binary version", {
  skip_without_engine()
  folder <- new_folder()
  for (name in c(paste0("data_batch_", 1:5, ".bin"), "test_batch.bin")) {
    writeBin(rep(c(as.raw(3), numbers(3072, 255)), 2), file.path(folder, name))
  }
  data <- cifar10(folder)
  expect_equal(data$train$x$shape, c(10, 3, 32, 32))
  expect_equal(as.numeric(data$test$y), c(4, 4))
  expect_equal(as.numeric(data$test$x[1, 1, 1, 1:2]), c(7, 14) / 255, tolerance = 1e-7)
})

test_that("the digits come with the package", {
  skip_without_engine()
  expect_true(file.exists(digits_file(NULL)))
  data <- digits()
  expect_equal(data$train$x$shape, c(1437, 1, 8, 8))
  expect_equal(range(as.numeric(data$test$y)), c(1, 10))
  expect_equal(as.numeric(data$train$x$max()), 1)
})

test_that("parts are taken and drawn, and the caller's random numbers are left alone", {
  skip_without_engine()
  data <- list(x = torch_tensor(1:10)$reshape(c(10, 1)), y = torch_tensor(1:10), classes = "a")
  expect_equal(as.numeric(take_data(data, 3)$y), 1:3)
  torch_manual_seed(4)
  expected <- as.numeric(torch_rand(2))
  torch_manual_seed(4)
  parts <- split_data(data, 7, seed = 1)
  expect_equal(as.numeric(torch_rand(2)), expected)
  expect_equal(sort(c(as.numeric(parts$train$y), as.numeric(parts$validation$y))), 1:10)
  expect_equal(as.numeric(parts$train$x), as.numeric(parts$train$y))
  expect_error(take_data(data, 11), "n: 11 is not accepted; use a whole number from 1 to 10", fixed = TRUE)
  expect_error(split_data(data, 10), "n: 10 is not accepted; use a whole number from 1 to 9", fixed = TRUE)
})

test_that("a declaration of first epochs is read and a missing data set is said", {
  skip_without_engine()
  file <- tempfile(fileext = ".yaml")
  writeLines(c(
    "networks:", "  - {id: a, title: A, network: {name: lenet}, samples: 20, dtype: float32, settings: {}, bound: 1}"
  ), file)
  expect_equal(read_first_epochs(file)$a$samples, 20)
  Sys.setenv(GRADPATH_DATA = fashion_folder())
  on.exit(Sys.unsetenv("GRADPATH_DATA"))
  folder <- new_folder()
  table <- utils::read.csv(run_first_epochs(file, folder), comment.char = "#")
  expect_equal(table$method, c("manual", "optim"))
  expect_lt(abs(table$loss[[1]] - table$loss[[2]]), 1e-6)
})
