# Engine 'pytorch': PyTorch's own layers and losses, as modules. Whole numbers become Python's int; classes,
# dimensions and the words of an embedding count from 1.

#' @include engine-python.R
NULL

LAYER_CLASSES <- c(
  nn_linear = "Linear", nn_identity = "Identity", nn_relu = "ReLU", nn_leaky_relu = "LeakyReLU",
  nn_elu = "ELU", nn_gelu = "GELU", nn_silu = "SiLU", nn_softplus = "Softplus", nn_tanh = "Tanh",
  nn_sigmoid = "Sigmoid", nn_softmax = "Softmax", nn_log_softmax = "LogSoftmax", nn_conv1d = "Conv1d",
  nn_conv2d = "Conv2d", nn_max_pool1d = "MaxPool1d", nn_max_pool2d = "MaxPool2d", nn_avg_pool1d = "AvgPool1d",
  nn_avg_pool2d = "AvgPool2d", nn_adaptive_avg_pool2d = "AdaptiveAvgPool2d", nn_flatten = "Flatten",
  nn_batch_norm1d = "BatchNorm1d", nn_batch_norm2d = "BatchNorm2d", nn_layer_norm = "LayerNorm",
  nn_dropout = "Dropout", nn_dropout2d = "Dropout2d", nn_embedding = "Embedding", nn_mse_loss = "MSELoss",
  nn_l1_loss = "L1Loss", nn_smooth_l1_loss = "SmoothL1Loss", nn_cross_entropy_loss = "CrossEntropyLoss",
  nn_nll_loss = "NLLLoss", nn_bce_loss = "BCELoss", nn_bce_with_logits_loss = "BCEWithLogitsLoss"
)

# Which arguments of a constructor are dimensions.
LAYER_DIMS <- list(nn_softmax = "dim", nn_log_softmax = "dim", nn_flatten = c("start_dim", "end_dim"))

# Which argument of forward holds positions from 1.
FROM_ONE_ARGUMENT <- c(nn_cross_entropy_loss = 2L, nn_nll_loss = 2L, nn_embedding = 1L,
                       nnf_cross_entropy = 2L, nnf_nll_loss = 2L, nnf_embedding = 1L, nnf_one_hot = 1L)

layer <- function(name) {
  force(name)
  function(...) {
    arguments <- layer_arguments(list(...), LAYER_DIMS[[name]])
    python <- do.call(.py$torch$nn[[LAYER_CLASSES[[name]]]], arguments)
    self <- new_module(name, python)
    self$.builtin <- TRUE
    self$forward <- forward_of(python, name)
    module_callable(self)
  }
}

# A layer that sees positions gets them counted from 0; all others hand over what they are given.
forward_of <- function(python, name) {
  call <- python[["__call__"]]
  place <- FROM_ONE_ARGUMENT[name]
  if (is.na(place)) {
    return(function(...) from_python(call(...)))
  }
  called <- counting_from_one(python, place)
  function(...) called(...)
}

# What a function of Python returns is an object; its call is a function for R.
counting_from_one <- function(python, place) .py$counting_from_one(python, unname(place) - 1L)[["__call__"]]

layer_arguments <- function(arguments, dims) {
  names <- names(arguments) %||% rep("", length(arguments))
  left <- setdiff(dims, names)
  for (i in seq_along(arguments)) {
    value <- arguments[[i]]
    name <- names[[i]]
    if (name == "" && length(left)) {
      name <- left[[1]]
      left <- left[-1]
    }
    if (name %in% dims) value <- from_one(value)
    if (is.numeric(value)) arguments[[i]] <- whole_where_possible(value)
  }
  arguments
}

# Python takes an int where it wants a float, but not the other way round.
whole_where_possible <- function(value) {
  whole <- is.finite(value) & value == trunc(value) & abs(value) < 2^31
  if (all(whole)) as_whole(value) else if (length(value) == 1) value else as.list(value)
}

nn_sequential_of <- function(...) {
  modules <- list(...)
  self <- new_module("nn_sequential", .py$torch$nn$Sequential())
  names <- names(modules) %||% rep("", length(modules))
  for (i in seq_along(modules)) {
    add_child(self, if (nzchar(names[[i]])) names[[i]] else as.character(i - 1), modules[[i]])
  }
  # Layers of PyTorch alone run in one call; a module written in R needs R between its neighbours.
  builtin <- vapply(modules, function(m) isTRUE(attr(m, "module")$.builtin), TRUE)
  self$.builtin <- all(builtin) && !any(vapply(modules, inherits, TRUE, "nn_embedding"))
  self$forward <- if (self$.builtin) forward_of(self$.python, "") else function(input) {
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

INITIALIZERS <- scan(what = "", quiet = TRUE, text = "
  constant_ eye_ kaiming_normal_ kaiming_uniform_ normal_ ones_ orthogonal_ trunc_normal_ uniform_
  xavier_normal_ xavier_uniform_ zeros_ calculate_gain
")

initializer <- function(name) {
  force(name)
  function(...) from_python(.py$torch$nn$init[[name]](...))
}

layer_verbs <- function() {
  c(
    stats::setNames(lapply(names(LAYER_CLASSES), layer), names(LAYER_CLASSES)),
    prefixed("nn_init_", INITIALIZERS, initializer),
    list(
      nn_sequential = nn_sequential_of,
      nn_module_list = nn_module_list_of,
      nn_utils_clip_grad_norm_ = function(parameters, max_norm, norm_type = 2) {
        .py$torch$nn$utils$clip_grad_norm_(as_tensor_list(parameters), max_norm, norm_type)
      },
      nn_utils_clip_grad_value_ = function(parameters, clip_value) {
        invisible(from_python(.py$torch$nn$utils$clip_grad_value_(as_tensor_list(parameters), clip_value)))
      }
    )
  )
}

.py$functionals <- new.env(parent = emptyenv())

# Functions of layers and losses, without a module.
FUNCTIONAL_NAMES <- c(nnf_linear = "linear", nnf_one_hot = "one_hot")

functional <- function(verb) {
  force(verb)
  name <- sub("^nnf_", "", verb)
  place <- FROM_ONE_ARGUMENT[verb]
  dims <- if (name %in% c("softmax", "log_softmax", "normalize")) "dim"
  function(input, ...) {
    arguments <- c(list(input), functional_arguments(list(...), name, dims))
    from_python(do.call(python_functional(name, place), arguments))
  }
}

# torch.nn.functional.<name>, fetched once.
python_functional <- function(name, place) {
  if (is.null(.py$functionals[[name]])) {
    found <- .py$torch$nn$functional[[name]]
    if (!is.na(place)) found <- counting_from_one(found, place)
    .py$functionals[[name]] <- found
  }
  .py$functionals[[name]]
}

functional_arguments <- function(arguments, name, dims) {
  # normalize() takes p before dim; a softmax takes dim alone.
  if (name == "normalize" && is.null(names(arguments)) && length(arguments) > 1) {
    names(arguments) <- c("p", "dim", "eps")[seq_along(arguments)]
  }
  arguments <- layer_arguments(arguments, if (name == "normalize" && is.null(arguments$dim)) NULL else dims)
  if (name == "layer_norm") arguments[[1]] <- as.list(arguments[[1]])
  arguments
}

functional_verbs <- function() {
  verbs <- setdiff(verb_names("functional"), character())
  stats::setNames(lapply(verbs, functional), verbs)
}
