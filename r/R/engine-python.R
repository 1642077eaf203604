# Finds the Python whose PyTorch the engine 'pytorch' uses, and starts it.

.py <- new.env(parent = emptyenv())
.py$types <- new.env(parent = emptyenv())
.py$operations <- 0L

# Functions of the modules in inst/python: those that give tensors, and those that give R's own values.
PYTHON_ARITHMETIC <- scan(what = "", quiet = TRUE, text = "
  add sub mul div power equal unequal less less_equal greater greater_equal negative invert fmod div_whole
  logical_and logical_or from_one index_select counting_from_one
")
PYTHON_HELPERS <- scan(what = "", quiet = TRUE, text = "
  tensor from_buffer like grad index index_put arange gradients gradient set_grad_enabled set_field parameters_of
  groups_of set_group state_of load_state load read_tensors write_tensors field is_method own_tensor plain_dict
  as_list rule_optimizer
")
PYTHON_ARITHMETIC_CONVERTING <- c("under_pressure", "keep_freed_memory", "count_outputs")
PYTHON_CONVERTING <- scan(what = "", quiet = TRUE, text = "
  about device dtype ndim requires_grad same shape item to_vector unbind to_list bytes_of ignore_order_of_steps
  version
")

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
  .py$torch <- found$torch
  fetch_helpers("gradpath_arithmetic", folder, PYTHON_ARITHMETIC, PYTHON_ARITHMETIC_CONVERTING)
  fetch_helpers("gradpath_engine", folder, PYTHON_HELPERS, PYTHON_CONVERTING)
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

# Each function once: looking one up costs as much as calling it.
fetch_helpers <- function(module, folder, plain, converting) {
  for (convert in c(FALSE, TRUE)) {
    imported <- reticulate::import_from_path(module, path = folder, convert = convert)
    for (name in if (convert) converting else plain) assign(name, imported[[name]], envir = .py)
  }
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

pytorch_version <- function() {
  as.character(reticulate::py_to_r(.py$torch[["__version__"]]))
}
