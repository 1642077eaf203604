SMALL <- "
labs:
  - id: rates
    title: Two rates
    data: digits
    network: {name: tanh_network, hidden: [8]}
    sizes:
      quick: {train: 200, validation: 50, test: 100, epochs: 2, seeds: [3], settings: {batch_size: 50}}
      full: {train: 300, validation: 50, test: 100, epochs: 3, seeds: [3, 4]}
    settings: {optimizer: momentum, momentum: 0.9, lr: 0.1}
    runs:
      - {id: low, quick: {lr: 0.05}}
      - {id: high, label: high rate, settings: {lr: 0.5}, full: {lr: 1e38}}
"

new_folder <- function() {
  folder <- tempfile()
  dir.create(folder)
  folder
}

small_file <- function() {
  file <- tempfile(fileext = ".yaml")
  writeLines(SMALL, file)
  file
}

skip_without_digits <- function() {
  skip_without_engine()
  tryCatch(digits(), error = function(e) skip(conditionMessage(e)))
}

test_that("what is closer to the run counts", {
  lab <- read_labs(small_file())$rates
  expect_identical(lab$title, "Two rates")
  expect_equal(lab$runs[[1]]$settings$quick$lr, 0.05)
  expect_equal(lab$runs[[1]]$settings$full$lr, 0.1)
  expect_equal(lab$runs[[2]]$settings$quick$lr, 0.5)
  expect_identical(vapply(lab$runs, `[[`, "", "label"), c("low", "high rate"))
  # The digits are 8 by 8, which a declaration need not say.
  expect_equal(lab$runs[[1]]$network$inputs, 64)
})

test_that("labs are trained, the same to the last byte every time, and drawn", {
  skip_without_digits()
  file <- small_file()
  folders <- c(new_folder(), new_folder())
  tables <- vapply(folders, function(folder) run_labs(file, folder), "")
  expect_match(tables, sprintf("training/quick/rates.r-%s.csv", engine_info()$name), fixed = TRUE)
  expect_identical(readLines(tables[[1]]), readLines(tables[[2]]))
  table <- utils::read.csv(tables[[1]], comment.char = "#")
  expect_identical(table$run, c("low", "low", "high", "high"))
  expect_equal(table$lr, c(0.05, 0.05, 0.5, 0.5))
  # The test data are looked at once, when a run has ended.
  expect_identical(is.na(table$test_accuracy), c(TRUE, FALSE, TRUE, FALSE))
  expect_gt(table$test_accuracy[[4]], 0.3)
  pictures <- draw_labs(file, folders[[1]])
  expect_setequal(basename(pictures), paste0("rates-r-", c("light.svg", "light.png", "dark.svg", "dark.png")))
  expect_true(all(file.size(pictures) > 5000))
})

test_that("a full lab goes on where it was stopped, and a run that diverges is kept with its status", {
  skip_without_digits()
  file <- small_file()
  folder <- new_folder()
  kept <- file.path(folder, "kept")
  stopped <- tryCatch(
    run_labs(file, file.path(folder, "a"), "full", progress = function(line) stop(line), checkpoints = kept),
    error = conditionMessage
  )
  expect_match(stopped, "rates, low, seed 3: finished")
  expect_false(dir.exists(file.path(folder, "a")))
  checkpoint <- file.path(kept, "full", "rates", "low-3.r.safetensors")
  before <- file.mtime(checkpoint)
  resumed <- run_labs(file, file.path(folder, "a"), "full", checkpoints = kept)
  expect_identical(file.mtime(checkpoint), before)
  whole <- run_labs(file, file.path(folder, "b"), "full")
  resumed_table <- utils::read.csv(resumed, comment.char = "#")
  expect_identical(resumed_table, utils::read.csv(whole, comment.char = "#"))
  ended <- grep("status of high", readLines(resumed), value = TRUE)
  expect_match(ended, "diverged in epoch [12], batch [0-9]+")
  expect_identical(sum(resumed_table$run == "low"), 6L)
  expect_lt(sum(resumed_table$run == "high"), 6)
})

test_that("a run that diverges in its first batch has no row, and its status", {
  skip_without_digits()
  file <- tempfile(fileext = ".yaml")
  writeLines(sub("lr: 0.05", "lr: 1e38", SMALL, fixed = TRUE), file)
  written <- run_labs(file, new_folder())
  table <- utils::read.csv(written, comment.char = "#")
  expect_identical(unique(table$run), "high")
  expect_match(grep("status of low", readLines(written), value = TRUE), "diverged in epoch 1, batch [0-9]+")
})

test_that("what does not exist is refused, and nothing is written", {
  file <- small_file()
  folder <- new_folder()
  expect_identical(
    message_of(run_labs(file, folder, labs = "depths")),
    "labs: id: 'depths' is not accepted; use one of rates"
  )
  expect_identical(
    message_of(run_labs(file, folder, "huge")),
    "run_labs(): size: 'huge' is not accepted; use one of quick, full"
  )
  expect_match(message_of(draw_labs(file, folder)), "no such file; run run_labs\\(\\) first$")
  expect_length(list.files(folder), 0)
})
