# Every verb, as {torch} itself answers it. recorded/*.R are scripts; the .txt beside each is what it printed
# under {torch} (see recorded/record.R). Every engine has to print the same.

scripts <- list.files(test_path("recorded"), "[.]R$", full.names = TRUE)
scripts <- scripts[basename(scripts) != "record.R"]

for (script in scripts) {
  test_that(paste("answers as recorded:", basename(script)), {
    skip_without_engine()
    source(test_path("recorded", "record.R"), local = TRUE)
    recorded <- readLines(sub("[.]R$", ".txt", script), encoding = "UTF-8")
    expect_match(recorded[[1]], "^# printed by torch ")
    expect_equal(print_script(script), recorded[-1])
  })
}

test_that("the scripts call every verb", {
  called <- unlist(lapply(scripts, function(script) all.names(parse(script))))
  # Tested by what they do elsewhere, or only of use with a GPU.
  elsewhere <- c(verb_names("torch_only"), "cuda_synchronize", "optimizer", "lr_scheduler", "dataset")
  expect_equal(setdiff(torch_verbs(), c(called, elsewhere)), character())
})
