# Engine 'pytorch': modules. Each is an R function that computes, with the module itself as its attribute. The
# module keeps its tensors in a module of PyTorch, so that parameters, states, devices and training mode are
# PyTorch's own.

new_module <- function(classes, python = .py$torch$nn$Module()) {
  self <- new.env(parent = emptyenv())
  self$.classes <- classes
  self$.python <- python
  self$.children <- list()
  class(self) <- "gradpath_module"
  self
}

# Makes the callable that R code holds from the module's environment.
module_callable <- function(self) {
  forward <- get("forward", envir = self)
  attr(forward, "class") <- unique(c(self$.classes, "gradpath_nn_module", "nn_module"))
  attr(forward, "module") <- self
  forward
}

# What R knows of a module; the rest is PyTorch's.
MODULE_FIELDS <- list(
  children = function(self) self$.children,
  modules = function(self) {
    inner <- lapply(self$.children, function(child) child$modules)
    c(list(module_callable(self)), unlist(inner, recursive = FALSE))
  },
  apply = function(self) {
    function(fn) {
      lapply(self$.children, function(child) child$apply(fn))
      fn(module_callable(self))
      invisible(module_callable(self))
    }
  },
  add_module = function(self) function(name, module) add_child(self, as.character(name), module)
)

module_get <- function(self, name) {
  own <- get0(name, envir = self, inherits = FALSE) %||% get(".children", envir = self)[[name]]
  field <- MODULE_FIELDS[[name]]
  if (!is.null(own) || !is.null(field)) {
    return(own %||% field(self))
  }
  part <- .py$module_part(self$.python, name)
  if (!is.function(part) || name == "state_dict") {
    return(part)
  }
  function(...) {
    part(...)
    invisible(module_callable(self))
  }
}

module_set <- function(self, name, value) {
  if (inherits(value, "nn_module")) {
    add_child(self, name, value)
  } else if (inherits(value, "gradpath_buffer")) {
    self$.python$register_buffer(name, value$tensor, persistent = value$persistent)
  } else if (!(is_tensor(value) || name == "training") || !.py$takes(self$.python, name, value)) {
    assign(name, value, envir = self)
  }
  invisible(self)
}

add_child <- function(self, name, module) {
  if (!inherits(module, "nn_module")) {
    gradpath_stop(paste0(
      "gradpath: module '", name, "' is a ", class(module)[[1]], "; use a module, such as nn_linear(2, 1)"
    ))
  }
  children <- self$.children
  children[[name]] <- module
  assign(".children", children, envir = self)
  self$.python$add_module(name, attr(module, "module")$.python)
  invisible(self)
}

#' @export
`$.gradpath_module` <- function(x, name) module_get(x, name)

#' @export
`[[.gradpath_module` <- function(x, name) module_get(x, name)

#' @export
`$<-.gradpath_module` <- function(x, name, value) module_set(x, name, value) # nolint: object_name_linter.

#' @export
`[[<-.gradpath_module` <- function(x, name, value) module_set(x, name, value)

#' @export
`$.gradpath_nn_module` <- function(x, name) module_get(attr(x, "module"), name)

#' @export
`[[.gradpath_nn_module` <- function(x, name) {
  self <- attr(x, "module")
  if (is.numeric(name)) self$.children[[name]] else module_get(self, name)
}

#' @export
`$<-.gradpath_nn_module` <- function(x, name, value) { # nolint: object_name_linter.
  module_set(attr(x, "module"), name, value)
  invisible(x)
}

#' @export
length.gradpath_nn_module <- function(x) length(attr(x, "module")$.children)

#' @export
print.gradpath_nn_module <- function(x, ...) {
  cat("An `nn_module` containing ", module_size(x), " parameters.\n", sep = "")
  print_entries("Modules", x$children, function(child) {
    paste0("<", class(child)[[1]], "> #", module_size(child), " parameters")
  })
  for (kind in c("Parameters", "Buffers")) {
    own <- if (kind == "Buffers") x$buffers else x$parameters
    print_entries(kind, own[!grepl(".", names(own), fixed = TRUE)], function(tensor) {
      paste0(.py$type_word(tensor), " [", paste0("1:", dim(tensor), collapse = ", "), "]")
    })
  }
  invisible(x)
}

module_size <- function(module) {
  format(sum(vapply(module$parameters, length, 1L)), big.mark = ",")
}

print_entries <- function(heading, entries, text) {
  if (length(entries)) {
    cat("\n\u2500\u2500 ", heading, " ", strrep("\u2500", 76 - nchar(heading)), "\n", sep = "")
    cat(paste0("\u2022 ", names(entries), ": ", vapply(entries, text, ""), "\n"), sep = "")
  }
}

# nn_module(): a constructor from methods. They share one `self`, as R6's do.
pytorch_nn_module <- function(classname = NULL, ..., parent_env = parent.frame()) {
  # Now, while the caller's frame is the caller's.
  force(parent_env)
  methods <- list(...)
  lacking <- intersect(c("inherit", "private", "active"), names(methods))
  if (length(lacking)) {
    gradpath_stop(paste0("gradpath: engine 'pytorch' has no '", lacking[[1]], "' of nn_module(); install {torch}"))
  }
  build <- function(...) {
    self <- new_module(classname)
    scope <- list2env(list(self = self), parent = parent_env)
    for (name in names(methods)) {
      method <- methods[[name]]
      if (is.function(method)) environment(method) <- scope
      assign(name, method, envir = self)
    }
    if (!is.null(methods$initialize)) self$initialize(...)
    module_callable(self)
  }
  structure(build, class = c(classname, "nn_module_generator"))
}

# PyTorch's own layers and losses. Whole numbers become Python's int; classes, dimensions and the words of an
# embedding count from 1.
layer <- function(name) {
  make <- .py$maker("nn", sub("nn_", "", name))
  function(...) {
    self <- new_module(name, make(...))
    self$.builtin <- name != "nn_embedding"
    self$forward <- .py$forward_of(self$.python)
    module_callable(self)
  }
}

nn_sequential_of <- function(...) {
  modules <- list(...)
  self <- new_module("nn_sequential", .py$torch$nn$Sequential())
  names <- names(modules) %||% rep("", length(modules))
  names <- as.character(ifelse(nzchar(names), names, seq_along(modules) - 1))
  for (i in seq_along(modules)) add_child(self, names[[i]], modules[[i]])
  # Layers of PyTorch alone run in one call; a module written in R needs R between its neighbours.
  self$.builtin <- all(vapply(modules, function(module) isTRUE(module$.builtin), TRUE))
  self$forward <- if (self$.builtin) .py$forward_of(self$.python) else function(input) {
    for (module in self$.children) input <- module(input)
    input
  }
  module_callable(self)
}

nn_module_list_of <- function(modules = list()) {
  self <- new_module("nn_module_list", .py$torch$nn$ModuleList())
  self$forward <- function(...) gradpath_stop("nn_module_list: has no forward(); call its modules one by one")
  self$append <- function(module) add_child(self, as.character(length(self$.children)), module)
  for (module in modules) self$append(module)
  module_callable(self)
}
