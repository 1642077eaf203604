# Engine 'pytorch': modules. Each is an R function that computes, with the module itself as its attribute. The
# module keeps its tensors in a module of PyTorch, so that parameters, states, devices and training mode are
# PyTorch's own.

# Makes the callable that R code holds from the module's environment.
module_callable <- function(self) {
  forward <- self$forward
  attr(forward, "class") <- unique(c(self$.classes, "gradpath_nn_module", "nn_module"))
  attr(forward, "module") <- self
  forward
}

new_module <- function(classes, python) {
  self <- new.env(parent = emptyenv())
  self$.classes <- classes
  self$.python <- python
  self$.children <- list()
  class(self) <- "gradpath_module"
  self
}

# What every module can be asked, without brackets; `self` is its environment.
MODULE_FIELDS <- list(
  parameters = function(self) from_python(.py$parameters_of(self$.python)),
  buffers = function(self) from_python(.py$parameters_of(self$.python, TRUE)),
  training = function(self) from_python(.py$field(self$.python, "training")),
  children = function(self) self$.children,
  modules = function(self) {
    inner <- lapply(self$.children, function(child) child$modules)
    c(list(module_callable(self)), unlist(inner, recursive = FALSE))
  }
)

# What every module can do; those that return nothing else give the module back.
MODULE_METHODS <- list(
  named_parameters = function(self) self$parameters,
  state_dict = function(self) from_python(.py$plain_dict(self$.python$state_dict())),
  load_state_dict = function(self, state_dict) {
    self$.python$load_state_dict(state_dict)
    invisible(module_callable(self))
  },
  zero_grad = function(self) invisible(from_python(self$.python$zero_grad())),
  train = function(self, mode = TRUE) {
    self$.python$train(mode)
    invisible(module_callable(self))
  },
  eval = function(self) self$train(FALSE),
  to = function(self, dtype = NULL, device = NULL) {
    if (!is.null(dtype)) self$.python$to(dtype)
    if (!is.null(device)) self$.python$to(device)
    invisible(module_callable(self))
  },
  cuda = function(self) self$to(device = "cuda"),
  cpu = function(self) self$to(device = "cpu"),
  apply = function(self, fn) {
    lapply(self$.children, function(child) child$apply(fn))
    fn(module_callable(self))
    invisible(module_callable(self))
  },
  add_module = function(self, name, module) add_child(self, as.character(name), module),
  register_module = function(self, name, module) add_child(self, as.character(name), module),
  register_parameter = function(self, name, param) {
    invisible(from_python(self$.python$register_parameter(name, param)))
  },
  register_buffer = function(self, name, tensor, persistent = TRUE) {
    invisible(from_python(self$.python$register_buffer(name, tensor, persistent = persistent)))
  }
)

module_get <- function(self, name) {
  own <- get0(name, envir = self, inherits = FALSE)
  if (!is.null(own)) {
    return(own)
  }
  field <- MODULE_FIELDS[[name]]
  if (!is.null(field)) {
    return(field(self))
  }
  method <- MODULE_METHODS[[name]]
  if (!is.null(method)) {
    return(function(...) method(self, ...))
  }
  self$.children[[name]] %||% from_python(.py$own_tensor(self$.python, name))
}

module_set <- function(self, name, value) {
  if (inherits(value, "nn_module")) {
    add_child(self, name, value)
  } else if (is_parameter(value)) {
    self$.python$register_parameter(name, value)
  } else if (inherits(value, "gradpath_buffer")) {
    self$.python$register_buffer(name, value$tensor, persistent = value$persistent)
  } else if (name == "training") {
    self$.python$train(value)
  } else {
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
  children <- get0(".children", envir = self, inherits = FALSE)
  children[[name]] <- module
  assign(".children", children, envir = self)
  self$.python$add_module(name, attr(module, "module")$.python)
  invisible(self)
}

is_parameter <- function(x) inherits(x, "torch.nn.parameter.Parameter")

#' @export
`$.gradpath_module` <- function(x, name) module_get(x, name)

#' @export
`[[.gradpath_module` <- function(x, name) module_get(x, name)

#' @export
`$<-.gradpath_module` <- function(x, name, value) module_set(x, name, value) # nolint: object_name_linter.

#' @export
`[[<-.gradpath_module` <- function(x, name, value) module_set(x, name, value)

#' @export
print.gradpath_module <- function(x, ...) print(module_callable(x))

#' @export
print.gradpath_nn_module <- function(x, ...) {
  cat("An `nn_module` containing ", module_size(x), " parameters.\n", sep = "")
  self <- attr(x, "module")
  children <- self$.children
  print_entries("Modules", names(children), vapply(children, function(child) {
    paste0("<", class(child)[[1]], "> #", module_size(child), " parameters")
  }, ""))
  for (kind in c("Parameters", "Buffers")) {
    own <- from_python(.py$parameters_of(self$.python, kind == "Buffers"))
    own <- own[!grepl(".", names(own), fixed = TRUE)]
    print_entries(kind, names(own), vapply(own, function(p) {
      type <- sub("Type$", "", sub("^[A-Z]+(?=[A-Z])", "", from_python(.py$about(p))$type, perl = TRUE))
      paste0(type, " [", paste0("1:", dim(p), collapse = ", "), "]")
    }, ""))
  }
  invisible(x)
}

module_size <- function(module) {
  format(sum(vapply(module$parameters, length, 1L)), big.mark = ",")
}

print_entries <- function(heading, names, texts) {
  if (length(names)) {
    cat("\n\u2500\u2500 ", heading, " ", strrep("\u2500", 76 - nchar(heading)), "\n", sep = "")
    cat(paste0("\u2022 ", names, ": ", texts, "\n"), sep = "")
  }
}

# nn_module(): a constructor from methods. They share one `self`, as R6's do.
pytorch_nn_module <- function(classname = NULL, inherit = NULL, ..., private = NULL, active = NULL,
                              parent_env = parent.frame()) {
  # Now, while the caller's frame is the caller's.
  force(parent_env)
  methods <- utils::modifyList(attr(inherit, "methods") %||% list(), list(...))
  classes <- c(classname, attr(inherit, "classes"))
  initialize <- methods$initialize %||% function() NULL
  build <- function(...) {
    self <- new_module(classes, .py$torch$nn$Module())
    scope <- new.env(parent = parent_env)
    scope$self <- self
    scope$private <- list2env(bind_methods(private, scope), parent = emptyenv())
    scope$super <- if (!is.null(inherit)) list2env(bind_methods(attr(inherit, "methods"), scope))
    bound <- bind_methods(methods, scope)
    for (name in setdiff(names(bound), "initialize")) assign(name, bound[[name]], envir = self)
    for (name in names(active)) {
      makeActiveBinding(name, bind_methods(active[name], scope)[[1]], self)
    }
    bind_methods(list(initialize), scope)[[1]](...)
    module_callable(self)
  }
  structure(build,
            class = c(classes, "nn_module_generator"), methods = methods, classes = classes)
}

bind_methods <- function(methods, scope) {
  lapply(methods, function(method) {
    if (is.function(method)) environment(method) <- scope
    method
  })
}

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
as.list.gradpath_nn_module <- function(x, ...) attr(x, "module")$.children

MODULE_VERBS <- list(
  nn_module = pytorch_nn_module,
  nn_parameter = function(x, requires_grad = TRUE) .py$torch$nn$Parameter(x, requires_grad),
  nn_buffer = function(x, persistent = TRUE) {
    structure(list(tensor = x, persistent = persistent), class = "gradpath_buffer")
  },
  is_nn_module = function(x) inherits(x, "nn_module"),
  is_nn_parameter = function(x) is_parameter(x),
  is_nn_buffer = function(x) inherits(x, "gradpath_buffer")
)
