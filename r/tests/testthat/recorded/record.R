# Runs a script line by line and gives what it prints, each expression above its output.
# To record again, with {torch}: GRADPATH_R_ENGINE=torch Rscript r/tests/testthat/recorded/record.R

print_script <- function(script) {
  # testthat asks for plain letters; the recording has what a reader sees.
  old <- options(cli.unicode = TRUE, cli.num_colors = 1L, width = 80, digits = 7)
  on.exit(options(old))
  frame <- new.env(parent = globalenv())
  unlist(lapply(parse(script, keep.source = FALSE), function(expression) {
    c(paste(">", deparse(expression, width.cutoff = 500)[[1]]), print_one(expression, frame))
  }))
}

print_one <- function(expression, frame) {
  utils::capture.output({
    done <- withVisible(eval(expression, frame))
    if (done$visible) print(done$value)
  })
}

if (sys.nframe() == 0) {
  suppressMessages(library(gradpath))
  stopifnot(engine_info()$name == "torch")
  for (script in setdiff(Sys.glob("r/tests/testthat/recorded/*.R"), "r/tests/testthat/recorded/record.R")) {
    printed <- c(paste("# printed by torch", engine_info()$version), print_script(script))
    writeLines(enc2utf8(printed), sub("[.]R$", ".txt", script), useBytes = TRUE)
  }
}
