example <- function() system.file("extdata", "example.yaml", package = "gradpath")

test_that("the lanes of a run agree, and a planted error is found where it is", {
  skip_without_engine()
  folder <- new_folder()
  file <- run_experiments(example(), folder)
  # The same numbers stand in for Python's.
  file.copy(file, file.path(folder, "bowl", "python.csv"))
  table <- agreement(example(), folder)
  expect_equal(unique(table$verdict), "agrees")
  expect_equal(nrow(table), 2 * 4)
  expect_equal(table$bit_equal, table$values)
  r <- paste0(" (", engine_info()$name, ")")
  expect_setequal(table$lane, c("python-optim", paste0(c("r-manual", "r-optim"), r)))

  lines <- readLines(file)
  planted <- grep("^slow,manual,3,", lines)
  lines[planted] <- sub("^(slow,manual,3,)", "\\11", lines[planted])
  writeLines(lines, file)
  found <- agreement(example(), folder)
  wrong <- found[found$verdict == "differs", ]
  expect_equal(wrong$path, c("slow", "slow"))
  expect_equal(wrong$first_step, c(3L, 3L))
})

test_that("a path that ends early differs", {
  path <- data.frame(step = 0:2, x1 = 1:3, x2 = 0, value = 0)
  compared <- compare_paths(path, path[1:2, ], 1e-12)
  expect_equal(compared$verdict, "differs")
  expect_equal(compared$first_step, 2L)
})

test_that("differences are relative to the numbers that a step was computed from", {
  a <- cbind(x1 = c(10, 1e-9), x2 = 0, value = 0)
  b <- cbind(x1 = c(10, 0), x2 = 0, value = 0)
  expect_equal(unname(relative_differences(a, b)[2, "x1"]), 1e-10)
})

test_that("the project's own tables agree", {
  table <- agreement(project_file("shared_figures", "experiments.yaml"), project_file("shared_figures"))
  expect_equal(unique(table$verdict), "agrees")
  # The rules by hand perform the same operations in both languages.
  by_hand <- table[startsWith(table$lane, "r-manual"), ]
  expect_gt(sum(by_hand$bit_equal) / sum(by_hand$values), 0.999)
})

test_that("a figure without tables is named", {
  expect_match(message_of(agreement(example(), new_folder())), "bowl: has no table of paths; run run_experiments")
})
