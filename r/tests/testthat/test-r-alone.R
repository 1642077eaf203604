# R alone: a session that finds no Python anywhere does all that the package does, where {torch} is.

# A folder of links to this machine's commands, without any Python: R itself needs some of them to start.
commands_without_python <- function() {
  folder <- new_folder()
  commands <- list.files(strsplit("/usr/bin:/bin", ":")[[1]], full.names = TRUE)
  commands <- commands[!grepl("python|conda|virtualenv|^uv$", basename(commands)) & !duplicated(basename(commands))]
  file.symlink(commands, file.path(folder, basename(commands)))
  folder
}

test_that("descending, training, digits, pictures and declarations need no Python under {torch}", {
  skip_without_engine()
  skip_if(engine_is("pytorch"), "engine pytorch is Python's; this is about {torch}, which is not installed here")
  skip_on_os("windows")
  folder <- new_folder()
  code <- file.path(folder, "alone.R")
  example <- system.file("extdata", "example.yaml", package = "gradpath")
  writeLines(c(
    sprintf("setwd('%s')", folder),
    "suppressPackageStartupMessages(library(gradpath))",
    "stopifnot(all(Sys.which(c('python', 'python3')) == ''))",
    "path <- descend('anisotropic_paraboloid', c(5.1, 2.3), 'sgd', 40, lr = 0.4)",
    "optim <- descend('anisotropic_paraboloid', c(5.1, 2.3), 'sgd', 40, lr = 0.4, method = 'optim')",
    "stopifnot(max(abs(path$x1 - optim$x1)) < 1e-12)",
    "save_plot(plot_paths(path), 'path.svg')",
    "parts <- digits(dtype = 'float64')",
    "train <- take_data(parts$train, 64)",
    "for (method in c('manual', 'optim')) {",
    "  file <- paste0(method, '.safetensors')",
    "  model <- tanh_network(64)$to(dtype = torch_float64())",
    "  table <- train_network(model, 'cross_entropy', train, epochs = 1, method = method, progress = FALSE,",
    "                         checkpoint = file)",
    "  stopifnot(is.finite(table$train_loss))",
    "}",
    sprintf("stopifnot(length(read_experiments('%s')) > 0)", example),
    "stopifnot(!reticulate::py_available(initialize = FALSE))",
    "cat('engine', engine_info()$name, 'digits', dim(parts$test$x), 'picture', file.size('path.svg') > 5000, '\\n')"
  ), code)
  said <- suppressWarnings(system2(
    file.path(R.home("bin"), "Rscript"), c("--vanilla", shQuote(code)),
    stdout = TRUE, stderr = TRUE,
    env = c(
      paste0("PATH=", commands_without_python()), paste0("HOME=", folder), "RETICULATE_PYTHON=", "VIRTUAL_ENV=",
      paste0("R_LIBS=", paste(c(dirname(system.file(package = "gradpath")), .libPaths()), collapse = ":")),
      "GRADPATH_R_ENGINE="
    )
  ))
  expect_equal(said, "engine torch digits 360 1 8 8 picture TRUE ")
})
