# Each finding about {torch} has a script of its own, for {torch} alone, that shows right and wrong.

findings <- function() list.files(system.file("findings", package = "gradpath"), "[.]R$", full.names = TRUE)

# What a script printed after a word, line by line.
said_after <- function(lines, word) trimws(sub(word, "", grep(paste0("^", word), lines, value = TRUE)))

test_that("there is a script for each finding, short and without gradpath", {
  expect_setequal(tools::file_path_sans_ext(basename(findings())), c(
    "clipping-norm", "float32-step-count", "memory-of-a-matrix", "scalar-on-the-left", "weight-decay-by-position"
  ))
  for (file in findings()) {
    lines <- readLines(file)
    expect_lte(length(lines), 20)
    expect_false(any(grepl("gradpath", lines)), label = file)
    expect_equal(sum(lines == "library(torch)"), 1, label = file)
  }
})

test_that("every finding still holds with this {torch}", {
  skip_without_engine()
  skip_if(engine_is("pytorch"), "the findings are about {torch}, which is not installed here")
  for (file in findings()) {
    said <- suppressWarnings(system2(
      file.path(R.home("bin"), "Rscript"), shQuote(file),
      stdout = TRUE, stderr = TRUE,
      env = c(paste0("R_LIBS=", paste(.libPaths(), collapse = ":")), "TORCH_INSTALL=0")
    ))
    expect_null(attr(said, "status"), info = paste(c(basename(file), said), collapse = "\n"))
    right <- said_after(said, "right:")
    found <- said_after(said, "found:")
    expect_gt(length(right), 0, label = file)
    expect_equal(length(found), length(right), label = file)
    expect_true(all(right != found), info = paste(c(basename(file), said), collapse = "\n"))
  }
})
