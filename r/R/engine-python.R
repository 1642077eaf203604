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

# What R calls in inst/python, each fetched once: looking one up costs as much as calling it. It gives R's own
# numbers, texts and lists.
PYTHON_HELPERS <- scan(what = "", quiet = TRUE, text = "
  torch keep_freed_memory under_pressure count_outputs
  to_list to_vector bytes_of shape shown type_word index_put same field set_field set_grad_enabled
  module_part takes optimizer_params add_param_group groups_of set_groups state_of
  load_state load_schedule ignore_order_of_steps read_tensors write_tensors
  verb tensor_part is_method maker forward_of autograd_grad rule_optimizer version
")
# What gives tensors alone is fetched so that they come as they are: to ask {reticulate} what a tensor might become
# in R takes half as long as to compute with it.
PYTHON_TENSORS <- c("tensor", "like", "index")

fetch_helpers <- function(folder) {
  fetch <- function(module, helpers, convert) {
    imported <- reticulate::import_from_path(module, path = folder, convert = convert)
    for (name in intersect(helpers, names(imported))) assign(name, imported[[name]], envir = .py)
    imported
  }
  for (module in c("gradpath_arithmetic", "gradpath_engine", "gradpath_verbs")) fetch(module, PYTHON_HELPERS, TRUE)
  fetch("gradpath_engine", PYTHON_TENSORS, FALSE)
  .py$plain <- fetch("gradpath_verbs", NULL, FALSE)
  operators <- fetch("gradpath_arithmetic", NULL, FALSE)$OPERATORS
  for (name in names(operators)) assign(name, operators[[name]], envir = .py$operators)
}

# The function that the table of verbs or that of methods has; NULL if there is none.
python_function <- function(table, name) {
  if (is.null(.py[[table]](name))) {
    return(NULL)
  }
  # What a function of Python returns is an object; its call is a function for R.
  call <- .py$plain[[table]](name)[["__call__"]]
  function(...) from_python(call(...))
}

# Tensors stay; everything else becomes R's.
from_python <- function(value) {
  if (inherits(value, "torch.Tensor") || !inherits(value, "python.builtin.object")) {
    return(value)
  }
  value <- reticulate::py_to_r(value)
  # A dtype remains Python's, but its fields are to be R's.
  if (inherits(value, "python.builtin.object")) value <- .py$same(value)
  if (is.null(value)) invisible(value) else value
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
