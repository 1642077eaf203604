# Finds the Python whose PyTorch the engine 'pytorch' uses, and starts it.

.py <- new.env(parent = emptyenv())
.py$parts <- new.env(parent = emptyenv())
.py$operators <- new.env(parent = emptyenv())
.py$operations <- 0L

start_pytorch <- function() {
  if (!is.null(.py$torch)) {
    return(invisible())
  }
  restore <- settle_environment()
  on.exit(restore())
  # reticulate warns when the Python that was asked for cannot be used; our own line says it better.
  found <- tryCatch(
    suppressWarnings({
      point_to_python()
      folder <- system.file("python", package = "gradpath")
      reticulate::import_from_path("gradpath_torch", path = folder, convert = FALSE)
    }),
    error = function(e) e
  )
  if (inherits(found, "error")) {
    cause <- trimws(gsub("[[:space:]]+", " ", conditionMessage(found)))
    gradpath_stop(paste0(
      "gradpath: no engine: {torch} is not usable and no Python with PyTorch was found (", cause,
      "); set RETICULATE_PYTHON to the python of an environment where 'import torch' works"
    ))
  }
  fetch_helpers(folder)
  .py$keep_freed_memory()
}

UTF8_LOCALES <- c("C.UTF-8", "C.utf8", "en_US.UTF-8", "UTF-8")

# Makes Python start where reticulate alone does not: warnings that somebody made errors stop its own start; and paths
# are handed over as text, so that letters beyond ASCII in them need a locale that knows them, which C does not. That
# one stays, since R itself cannot go back to such paths in C. Gives the function that puts the variables back.
settle_environment <- function() {
  variables <- c("PYTHONWARNINGS", "LC_ALL")
  before <- Sys.getenv(variables, NA)
  Sys.unsetenv("PYTHONWARNINGS")
  paths <- c(system.file("python", package = "gradpath"), Sys.getenv("RETICULATE_PYTHON"), getwd())
  if (!l10n_info()[["UTF-8"]] && any(grepl("[^ -~]", paths, useBytes = TRUE))) {
    for (name in UTF8_LOCALES) {
      if (nzchar(suppressWarnings(Sys.setlocale("LC_CTYPE", name)))) {
        # Python asks for the locale of the environment when it starts.
        Sys.setenv(LC_ALL = name)
        break
      }
    }
  }
  function() {
    set <- !is.na(before)
    if (any(set)) do.call(Sys.setenv, as.list(before[set]))
    Sys.unsetenv(variables[!set])
  }
}

# Each function of the modules in inst/python once: looking one up costs as much as calling it. What they give is R's:
# numbers, text, lists; tensors stay. Operators give tensors alone, and are spared the question.
fetch_helpers <- function(folder) {
  for (module in c("gradpath_arithmetic", "gradpath_engine", "gradpath_verbs")) {
    imported <- reticulate::import_from_path(module, path = folder)
    for (name in names(imported)) assign(name, imported[[name]], envir = .py)
  }
  operators <- reticulate::import_from_path("gradpath_arithmetic", path = folder, convert = FALSE)$OPERATORS
  for (name in names(operators)) assign(name, operators[[name]], envir = .py$operators)
}

# What has not become R's yet.
from_python <- function(value) {
  if (inherits(value, "python.builtin.object")) reticulate::py_to_r(value) else value
}

# RETICULATE_PYTHON decides; without it, a `.venv` with torch in this folder or above it; without that,
# reticulate.
point_to_python <- function() {
  if (nzchar(Sys.getenv("RETICULATE_PYTHON")) || reticulate::py_available(initialize = FALSE)) {
    return(invisible())
  }
  python <- find_venv(getwd())
  if (!is.null(python)) {
    reticulate::use_python(python, required = TRUE)
  }
}

find_venv <- function(folder) {
  repeat {
    venv <- file.path(folder, ".venv")
    python <- file.path(venv, c("bin/python", "Scripts/python.exe"))
    libraries <- c(Sys.glob(file.path(venv, "lib", "python3*", "site-packages", "torch")),
                   Sys.glob(file.path(venv, "Lib", "site-packages", "torch")))
    if (any(file.exists(python)) && length(libraries)) {
      return(python[file.exists(python)][[1]])
    }
    above <- dirname(folder)
    if (above == folder) {
      return(NULL)
    }
    folder <- above
  }
}

pytorch_version <- function() as.character(.py$torch[["__version__"]])
