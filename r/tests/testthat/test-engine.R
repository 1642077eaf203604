# In a process of its own: the engine of this one is chosen already.
in_new_process <- function(code, ...) {
  libraries <- c(dirname(system.file(package = "gradpath")), .libPaths())
  # A status other than 0 is part of what is tested; system2() also warns of it.
  said <- suppressWarnings(system2(
    file.path(R.home("bin"), "Rscript"), c("-e", shQuote(code)),
    stdout = TRUE, stderr = TRUE, env = c(paste0("R_LIBS=", paste(libraries, collapse = ":")), ...)
  ))
  paste(said, collapse = "\n")
}

test_that("the engine says what it is", {
  skip_without_engine()
  engine <- engine_info()
  expect_true(engine$name %in% ENGINES)
  expect_match(engine$version, "^[0-9]+[.][0-9]+")
  expect_equal(is.na(engine$python), engine$name == "torch")
  expect_true(nzchar(engine$reason))
  expect_true(has_engine())
})

test_that("library(gradpath) says which engine it chose, in one line", {
  skip_without_engine()
  said <- in_new_process("library(gradpath)")
  expect_match(said, paste0("^gradpath: engine ", engine_info()$name, " [^\n]*$"))
})

test_that("an unknown engine is refused with the names", {
  said <- in_new_process("gradpath::torch_tensor(1)", "GRADPATH_R_ENGINE=tensorflow")
  expect_match(
    said, "GRADPATH_R_ENGINE: engine: 'tensorflow' is not accepted; use one of torch, pytorch",
    fixed = TRUE
  )
})

test_that("without any engine the package says how to get one, and its tables and refusals still work", {
  said <- in_new_process(
    "library(gradpath); cat(surface_names()[1], '\\n'); torch_tensor(1)",
    "GRADPATH_R_ENGINE=pytorch", "RETICULATE_PYTHON=/nonexistent/python"
  )
  expect_match(
    said, "set RETICULATE_PYTHON to the python of an environment where 'import torch' works",
    fixed = TRUE
  )
  expect_match(said, "isotropic_paraboloid")
})

test_that("a virtual environment with torch is found from a folder below it", {
  top <- new_folder()
  dir.create(file.path(top, ".venv", "lib", "python3.11", "site-packages", "torch"), recursive = TRUE)
  dir.create(file.path(top, ".venv", "bin"))
  file.create(file.path(top, ".venv", "bin", "python"))
  dir.create(file.path(top, "r", "lessons"), recursive = TRUE)
  expect_equal(find_venv(file.path(top, "r", "lessons")), file.path(top, ".venv", "bin", "python"))
  unlink(file.path(top, ".venv", "lib"), recursive = TRUE)
  expect_null(find_venv(file.path(top, "r")))
})

test_that("every verb is exported and stands for something in the engine", {
  skip_without_engine()
  expect_true(all(torch_verbs() %in% getNamespaceExports("gradpath")))
  only <- c(verb_names("torch_only"), setdiff(CLASS_MAKERS, "nn_module"))
  for (verb in setdiff(torch_verbs(), if (engine_is("pytorch")) only)) {
    expect_true(is.function(engine_verb(verb)), label = verb)
  }
})

test_that("a verb that the engine lacks says so", {
  skip_without_engine()
  skip_if(engine_is("torch"), "engine torch has every verb")
  for (verb in verb_names("torch_only")) {
    expect_equal(
      message_of(get(verb)(2, 3)),
      sprintf("gradpath: engine 'pytorch' has no '%s' yet; install {torch} or open an issue", verb)
    )
  }
  said <- message_of(torch_tensor(1)$no_such_method())
  expect_match(said, "has no '$no_such_method' of a tensor", fixed = TRUE)
})
