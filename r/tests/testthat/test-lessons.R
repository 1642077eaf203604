# Every verb that a lesson or a twin calls stands for something in every engine.

verbs_called_in <- function(file) {
  names <- unique(all.names(parse(file, keep.source = FALSE)))
  grep("^(torch|nn|nnf|optim|lr|autograd|linalg|cuda|with|as_array|is_undefined)_[a-z]", names, value = TRUE)
}

own_functions <- function() setdiff(ls(asNamespace("gradpath"), all.names = TRUE), torch_verbs())

test_that("lessons call only verbs that exist", {
  files <- list.files(project_file("r", "lessons"), "[.]R$", full.names = TRUE)
  expect_gt(length(files), 0)
  lacking <- c(verb_names("torch_only"), setdiff(CLASS_MAKERS, "nn_module"))
  for (file in files) {
    defined <- vapply(
      Filter(function(line) is.call(line) && identical(line[[1]], quote(`<-`)), as.list(parse(file))),
      function(line) deparse(line[[2]])[[1]], ""
    )
    called <- setdiff(verbs_called_in(file), c(defined, own_functions()))
    expect_equal(setdiff(called, torch_verbs()), character(), label = basename(file))
    expect_equal(intersect(called, lacking), character(), label = basename(file))
  }
})

# Arguments, fields and local functions may begin like a verb; a verb is called.
own_words <- function(file) {
  code <- utils::getParseData(parse(file, keep.source = TRUE))
  c(
    setdiff(code$text[code$token == "SYMBOL"], c(code$text[code$token == "SYMBOL_FUNCTION_CALL"], torch_verbs())),
    code$text[which(code$token == "LEFT_ASSIGN") - 2]
  )
}

test_that("twins call only verbs that every engine has", {
  files <- list.files(project_file("r", "R"), full.names = TRUE)
  twins <- files[!grepl("^engine", basename(files))]
  expect_gt(length(twins), 50)
  for (file in twins) {
    called <- setdiff(verbs_called_in(file), c(own_functions(), own_words(file)))
    expect_equal(setdiff(called, setdiff(torch_verbs(), verb_names("torch_only"))), character(), label = file)
  }
})
