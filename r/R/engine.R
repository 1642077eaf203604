# Which tensor library stands behind the verbs: {torch} itself, or PyTorch through {reticulate}.

ENGINES <- c("torch", "pytorch")

.engine <- new.env(parent = emptyenv())
.engine$verbs <- new.env(parent = emptyenv())

#' The engine behind the verbs
#'
#' The engine is chosen once per session: the one that the environment variable `GRADPATH_R_ENGINE` names
#' (`torch` or `pytorch`); else {torch}, if it is installed and starts; else PyTorch through {reticulate}.
#'
#' @return `engine_info()` gives a list: `name` (`"torch"` or `"pytorch"`), `version` of that library,
#'   `python` (the path of the Python used, or `NA`) and `reason`, why this engine was chosen. It stops with
#'   one line if no engine can start. `has_engine()` gives `TRUE` or `FALSE`.
#' @export
#' @examplesIf has_engine()
#' engine_info()$name
engine_info <- function() {
  if (is.null(.engine$name)) {
    choose_engine()
  }
  list(name = .engine$name, version = .engine$version, python = .engine$python, reason = .engine$reason)
}

#' @rdname engine_info
#' @export
has_engine <- function() {
  tryCatch(
    {
      engine_info()
      TRUE
    },
    error = function(e) FALSE
  )
}

choose_engine <- function() {
  forced <- Sys.getenv("GRADPATH_R_ENGINE")
  if (nzchar(forced)) {
    if (!forced %in% ENGINES) {
      refuse("GRADPATH_R_ENGINE", "engine", forced, one_of(ENGINES))
    }
    problem <- if (forced == "torch") torch_problem()
    if (!is.null(problem)) {
      gradpath_stop(paste0("gradpath: engine 'torch' does not start: ", problem))
    }
    return(start_engine(forced, "GRADPATH_R_ENGINE names it"))
  }
  problem <- torch_problem()
  if (is.null(problem)) {
    start_engine("torch", "{torch} is installed")
  } else {
    start_engine("pytorch", problem)
  }
}

# NULL if {torch} works here, else why not, in a few words.
torch_problem <- function() {
  # {torch} offers to download its library when it is loaded without one; only a person may start that.
  old <- Sys.getenv("TORCH_INSTALL", NA)
  Sys.setenv(TORCH_INSTALL = "0")
  on.exit(if (is.na(old)) Sys.unsetenv("TORCH_INSTALL") else Sys.setenv(TORCH_INSTALL = old))
  if (!suppressWarnings(requireNamespace("torch", quietly = TRUE))) {
    return("{torch} is not installed")
  }
  works <- tryCatch(
    torch::torch_is_installed() && torch::torch_tensor(1)$item() == 1,
    error = function(e) FALSE
  )
  if (isTRUE(works)) NULL else "{torch} is installed without its native library"
}

start_engine <- function(name, reason) {
  if (name == "torch") {
    .engine$version <- as.character(utils::packageVersion("torch"))
    .engine$python <- NA_character_
  } else {
    start_pytorch()
    .engine$version <- pytorch_version()
    .engine$python <- reticulate::py_config()$python
  }
  .engine$reason <- reason
  .engine$name <- name
}

# The function that stands behind a verb, looked up once.
engine_verb <- function(name) {
  .engine$verbs[[name]] %||% find_verb(name)
}

find_verb <- function(name) {
  verb <- if (engine_info()$name == "torch") {
    getExportedValue("torch", name)
  } else {
    find_pytorch_verb(name)
  }
  assign(name, verb, envir = .engine$verbs)
  verb
}

`%||%` <- function(x, y) if (is.null(x)) y else x

.onAttach <- function(libname, pkgname) {
  text <- tryCatch(
    {
      engine <- engine_info()
      place <- if (is.na(engine$python)) "" else paste0(", ", engine$python)
      paste0("gradpath: engine ", engine$name, " ", engine$version, place, " (", engine$reason, ")")
    },
    error = conditionMessage
  )
  packageStartupMessage(text)
}
