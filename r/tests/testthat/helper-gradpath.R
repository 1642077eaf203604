# Shared by the tests: an engine, doubles as tensors, the project's own files.

skip_without_engine <- function() {
  if (!has_engine()) skip("no engine: neither {torch} nor a Python with PyTorch")
}

f64 <- function(...) torch_tensor(c(...), dtype = torch_float64())

engine_is <- function(name) engine_info()$name == name

# A file of the project around the package; the package alone, as R CMD check sees it, has none.
project_file <- function(...) {
  folder <- normalizePath(test_path())
  while (!file.exists(file.path(folder, "shared_figures")) && dirname(folder) != folder) {
    folder <- dirname(folder)
  }
  file <- file.path(folder, ...)
  if (!file.exists(file)) skip(paste("outside of the project:", file.path(...)))
  file
}

read_recording <- function(name) {
  utils::read.csv(project_file("shared_figures", "recorded_torch", name), comment.char = "#")
}

last_point <- function(path) unlist(path[nrow(path), c("x1", "x2")], use.names = FALSE)

message_of <- function(code) {
  tryCatch(
    {
      force(code)
      "nothing was refused"
    },
    gradpath_error = conditionMessage
  )
}

new_folder <- function() {
  folder <- tempfile("gradpath-")
  dir.create(folder)
  folder
}
