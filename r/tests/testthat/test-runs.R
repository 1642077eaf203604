example <- function() system.file("extdata", "example.yaml", package = "gradpath")

test_that("a run writes one table per figure, with its record, and comes back to the last bit", {
  skip_without_engine()
  folder <- new_folder()
  seen <- character()
  files <- run_experiments(example(), folder, progress = function(id) seen <<- c(seen, id))
  expect_equal(seen, "bowl")
  expect_equal(files, file.path(folder, "bowl", paste0("r-", engine_info()$name, ".csv")))
  record <- read_record(files)
  expect_equal(record$engine, paste(engine_info()$name, engine_info()$version))
  expect_match(record$language, "^R [0-9.]+$")
  table <- read_table(files)
  expect_named(table, COLUMNS)
  path <- descend("isotropic_paraboloid", c(6, 6), "sgd", 14, "optim", lr = 1)
  again <- select_path(table, "slow", "optim")
  expect_identical(again$x1, path$x1)
  expect_identical(again$value, path$value)
  expect_equal(list.files(file.path(folder, "bowl"), all.files = TRUE, no.. = TRUE), basename(files))
})

test_that("pictures are drawn from the tables, in both themes and formats", {
  skip_without_engine()
  folder <- new_folder()
  run_experiments(example(), folder)
  files <- draw_experiments(example(), folder, "bowl")
  expect_equal(basename(files), c("r-light.svg", "r-light.png", "r-dark.svg", "r-dark.png"))
  expect_true(all(file.size(files) > 10000))
})

test_that("an unknown figure and a missing table are refused, and nothing is written", {
  skip_without_engine()
  folder <- new_folder()
  expect_equal(message_of(run_experiments(example(), folder, "hill")),
               "figures: id: 'hill' is not accepted; use one of bowl")
  said <- message_of(draw_experiments(example(), folder))
  expect_match(said, "has no table of R's; run run_experiments() first", fixed = TRUE)
  expect_length(list.files(folder), 0)
})

test_that("a file is whole or not there", {
  file <- file.path(new_folder(), "table.csv")
  expect_error(whole_file(file, function(temporary) {
    writeLines("half", temporary)
    stop("power cut")
  }), "power cut")
  expect_length(list.files(dirname(file), all.files = TRUE, no.. = TRUE), 0)
})
