# Finds the Python whose PyTorch the engine 'pytorch' uses, and starts it.

.py <- new.env(parent = emptyenv())
.py$types <- new.env(parent = emptyenv())
.py$operations <- 0L

# Functions of inst/python/gradpath_engine.py: those that give tensors, and those that give R's own values.
PYTHON_HELPERS <- scan(what = "", quiet = TRUE, text = "
  div_whole logical_and logical_or tensor like grad index index_put from_one arange gradients gradient
  set_grad_enabled set_field parameters_of groups_of set_group state_of load_state load field is_method
  own_tensor plain_dict as_list add sub mul div power equal unequal less less_equal greater greater_equal
  negative   invert fmod
")
PYTHON_CONVERTING <- scan(what = "", quiet = TRUE, text = "
  about device dtype ndim under_pressure requires_grad same shape item to_vector unbind to_list
")

start_pytorch <- function() {
  if (!is.null(.py$helper)) {
    return(invisible())
  }
  point_to_python()
  # reticulate warns when the Python that was asked for cannot be used; our own line says it better.
  found <- tryCatch(suppressWarnings(reticulate::py_module_available("torch")), error = function(e) FALSE)
  if (!found) {
    gradpath_stop(paste(
      "gradpath: no engine: {torch} is not usable and no Python with PyTorch was found;",
      "set RETICULATE_PYTHON to the python of an environment where 'import torch' works"
    ))
  }
  .py$torch <- reticulate::import("torch", convert = FALSE)
  folder <- system.file("python", package = "gradpath")
  .py$helper <- reticulate::import_from_path("gradpath_engine", path = folder, convert = FALSE)
  # Fetched once: looking a function up costs as much as calling it.
  for (name in PYTHON_HELPERS) {
    assign(name, .py$helper[[name]], envir = .py)
  }
  .py$helper$keep_freed_memory()
  converted <- reticulate::import_from_path("gradpath_engine", path = folder)
  for (name in PYTHON_CONVERTING) {
    assign(name, converted[[name]], envir = .py)
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
