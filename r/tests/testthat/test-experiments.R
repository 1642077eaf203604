example <- function() system.file("extdata", "example.yaml", package = "gradpath")

write_yaml_text <- function(...) {
  file <- tempfile(fileext = ".yaml")
  writeLines(c(...), file)
  file
}

refusal_of <- function(...) {
  file <- write_yaml_text(...)
  sub(file, "FILE", message_of(read_experiments(file)), fixed = TRUE)
}

figure_with <- function(path, ...) {
  refusal_of(
    "figures:", "  - id: a", "    title: A", "    surface: beale", "    start: [1, 1]", ...,
    "    paths:", paste("      -", path)
  )
}

test_that("a declaration is read with what its paths inherit", {
  figures <- read_experiments(example())
  expect_named(figures, "bowl")
  path <- figures$bowl$paths[[2]]
  expect_equal(path$start, c(6, 6))
  expect_equal(path$surface, "isotropic_paraboloid")
  expect_equal(path$dtype, "float64")
  expect_equal(path$label, "lr 2.5, there in one step")
  expect_equal(path$hyperparameters$lr, 2.5)
  expect_true(figures$bowl$draw)
})

test_that("the project's own declaration is read", {
  figures <- read_experiments(project_file("shared_figures", "experiments.yaml"))
  expect_true("recorded-torch" %in% names(figures))
  expect_false(figures[["recorded-torch"]]$draw)
  expect_identical(figures$adagrad$paths[[2]]$hyperparameters$eps, 1e-6)
  expect_false(figures$adam$paths[[2]]$hyperparameters$bias_correction)
})

test_that("numbers are read as YAML 1.2 reads them, and quoted ones are texts", {
  file <- write_yaml_text(
    "figures:", "  - id: a", "    title: \"1e-3\"", "    surface: beale", "    start: [1e0, -2.5E-1]",
    "    paths:",
    "      - {id: p, optimizer: sgd, steps: 3, label: 'yes', hyperparameters: {lr: 1e-6}}"
  )
  figure <- read_experiments(file)$a
  expect_identical(figure$title, "1e-3")
  expect_identical(figure$start, c(1, -0.25))
  expect_identical(figure$paths[[1]]$hyperparameters$lr, 1e-6)
  expect_identical(figure$paths[[1]]$label, "yes")
})

test_that("the project's malformed declarations are refused with the lines they name", {
  folder <- project_file("tests", "workshop", "malformed")
  files <- list.files(folder, "[.]yaml$", full.names = TRUE)
  expect_gte(length(files), 10)
  for (file in files) {
    expected <- sub("FILE", file, sub("# expects: ", "", readLines(file, 1), fixed = TRUE), fixed = TRUE)
    # Lists that grow with the toolkit.
    expected <- sub("one of OPTIMIZERS", one_of(optimizer_names()), expected, fixed = TRUE)
    expected <- sub("one of SURFACES", one_of(surface_names()), expected, fixed = TRUE)
    expect_equal(message_of(read_experiments(file)), expected)
  }
})

test_that("what is wrong is named: file, figure, path, field, value, what is accepted", {
  expect_equal(refusal_of("figures: none"), "FILE: figures: 'none' is not accepted; use a list of one or more figures")
  expect_equal(refusal_of("other: 1"), "FILE: figures: is missing; use a list of one or more figures")
  expect_equal(refusal_of("- 1"), "FILE: figures: [1] is not accepted; use a list of one or more figures")
  expect_equal(refusal_of("figures: ["),
               "FILE: not readable as YAML; check its indentation, brackets and keys")
  expect_equal(refusal_of("figures: [bowl]"), "FILE: figure number 1: 'bowl' is not accepted; use a mapping")
  expect_equal(figure_with("{id: p, optimizer: sgd, steps: 3.0}"),
               "FILE: figure 'a', path 'p': steps: 3 is not accepted; use a whole number from 0 to 1000000")
  expect_equal(figure_with("{id: p, optimizer: sgd, steps: 3, hyperparameters: {lr: yes}}"),
               "FILE: figure 'a', path 'p': lr: 'yes' is not accepted; use a finite number >= 0")
  expect_equal(figure_with("{id: p, optimizer: sgd, steps: 3}", "    draw: maybe"),
               "FILE: figure 'a': draw: 'maybe' is not accepted; use true or false")
  expect_equal(figure_with("{id: p, optimizer: sgd, steps: 3, recorded_differs: {reason: x}}"),
               "FILE: figure 'a', path 'p': begins: is missing; use a whole number >= 1")
  expect_equal(message_of(read_experiments("nowhere.yaml")),
               "nowhere.yaml: no such file; name a file of experiments")
})

test_that("nothing in a declaration is ever evaluated", {
  refused <- figure_with("{id: p, optimizer: sgd, steps: !expr stop('evaluated')}")
  expect_no_match(refused, "evaluated'?$")
  expect_equal(refused, "FILE: not readable as YAML; check its indentation, brackets and keys")
})
