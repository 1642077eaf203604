# A course of one's own, begun and used from R alone.

new_folder <- function() {
  folder <- file.path(own_tempdir(), "my-course")
  suppressMessages(new_course(folder))
}

own_tempdir <- function() {
  folder <- tempfile("course")
  dir.create(folder)
  folder
}

test_that("a new course is whole, and nothing is left beside it", {
  folder <- new_folder()
  expect_true(all(file.exists(file.path(folder, c("_quarto.yml", ".gitignore", ".github", "README.md")))))
  expect_equal(list.files(dirname(folder), all.files = TRUE, no.. = TRUE), "my-course")
  expect_match(readLines(file.path(folder, "_quarto.yml")), 'title: "my-course"', fixed = TRUE, all = FALSE)
  expect_error(new_course(folder), "use a folder that is new or empty", class = "gradpath_error")
  empty <- file.path(own_tempdir(), "empty")
  dir.create(empty)
  expect_equal(suppressMessages(new_course(empty)), empty)
  expect_true(file.exists(file.path(empty, "_quarto.yml")))
})

test_that("it says in one line what R alone does, and what needs Python", {
  expect_message(new_course(file.path(own_tempdir(), "a")), "^[^\n]*run_experiments[^\n]*gradpath build[^\n]*\n$")
})

test_that("its figures are computed and drawn, one of them on its own surface", {
  skip_without_engine()
  folder <- new_folder()
  file <- file.path(folder, "shared_figures", "experiments.yaml")
  tables <- run_experiments(file, dirname(file))
  expect_equal(basename(dirname(tables)), c("bowl", "valley"))
  expect_true("valley" %in% names(SURFACES))
  expect_length(draw_experiments(file, dirname(file), "valley"), 4)
})

test_that("a changed surface is read again", {
  skip_without_engine()
  folder <- new_folder()
  expect_equal(load_surfaces(folder), "valley")
  at_start <- function() descend("valley", c(-4, 3), "sgd", 0)$value
  expect_equal(at_start(), 26.6)
  file <- file.path(folder, "r", "surfaces", "valley.R")
  writeLines(sub("x1^2 * 0.1", "x1^2 * 0.35", readLines(file), fixed = TRUE), file)
  load_surfaces(folder)
  expect_equal(at_start(), 30.6)
})

test_that("a file that is no surface is refused in one line", {
  skip_without_engine()
  folder <- new_folder()
  refused <- function(name, text, line) {
    file <- file.path(folder, "r", "surfaces", paste0(name, ".R"))
    writeLines(text, file)
    on.exit(unlink(file))
    expect_error(load_surfaces(folder), line, fixed = TRUE, class = "gradpath_error")
  }
  valley <- readLines(file.path(folder, "r", "surfaces", "valley.R"))
  refused("hill", "x <- 1", "r/surfaces/hill.R: SURFACE: is missing; define SURFACE <- surface(...) in it")
  refused("hill", "stop('no')", "r/surfaces/hill.R: the file failed: no")
  dale <- gsub("valley", "dale", valley)
  refused("hill", dale, "r/surfaces/hill.R: SURFACE's name: 'dale' is not accepted; use that of its file, 'hill'")
  refused("saddle", valley, "r/surfaces/saddle.R: name: 'saddle' is not accepted; use lower-case letters")
  expect_error(load_surfaces(3), "load_surfaces(): project: 3 is not accepted", fixed = TRUE)
})
