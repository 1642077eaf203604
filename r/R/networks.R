# The networks that the lessons train.

#' @include schedule_fields.R
NULL

ACTIVATIONS <- c(relu = "nn_relu", sigmoid = "nn_sigmoid", tanh = "nn_tanh")

#' The networks that the lessons train
#'
#' `tanh_network()` is a plain network: flatten, a linear layer and tanh for every hidden width, and a
#' linear layer. Many equal widths make the deep plain network.
#'
#' @param inputs Numbers in one sample, at least 1: 784 for a picture of 28 by 28.
#' @param hidden Widths of the hidden layers, one or more, each at least 1. Glorot and Bengio (2010) trained
#'   one to five tanh layers of 1000 units; the default is small enough for an epoch of seconds on a laptop.
#' @param outputs How many classes, at least 1.
#' @param init How the first weights are drawn; see [initialize_network()].
#' @param seed Given to `torch_manual_seed()` before the weights are drawn: the same first weights in R and
#'   Python, to the last bit. Without it they come from wherever the generator stands.
#' @param dtype `"float32"` or `"float64"`, of the weights, which are drawn in it.
#' @return An `nn_sequential` that takes a tensor of shape (batch, ...) with `inputs` numbers per sample, or
#'   (batch, channels, size, size), and gives (batch, outputs). `count_parameters()` says how many numbers a
#'   network learns.
#' @source Glorot, Bengio: Understanding the difficulty of training deep feedforward neural networks.
#'   AISTATS 2010. LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition.
#'   Proceedings of the IEEE 86 (1998) 2278-2324. Ioffe, Szegedy: Batch normalization: accelerating deep
#'   network training by reducing internal covariate shift. ICML 2015. Srivastava, Hinton, Krizhevsky,
#'   Sutskever, Salakhutdinov: Dropout: a simple way to prevent neural networks from overfitting. JMLR 15
#'   (2014) 1929-1958.
#' @export
#' @examplesIf has_engine()
#' count_parameters(tanh_network())
#' lenet(seed = 1)(torch_zeros(2, 1, 28, 28))$shape
tanh_network <- function(inputs = 784, hidden = c(128, 64, 32), outputs = 10, init = "default", seed = NULL,
                         dtype = "float32") {
  where <- "tanh_network()"
  check_whole(where, "inputs", inputs, 1)
  if (length(hidden) == 0 || !all(vapply(hidden, whole_from(1), TRUE))) {
    refuse(where, "hidden", hidden, "one or more whole numbers >= 1")
  }
  check_start(where, outputs, init, seed, dtype)
  widths <- c(inputs, unlist(hidden))
  in_dtype(dtype, {
    layers <- list(nn_flatten())
    for (i in seq_along(hidden)) {
      layers <- c(layers, list(nn_linear(widths[[i]], widths[[i + 1]]), nn_tanh()))
    }
    layers <- c(layers, list(nn_linear(widths[[length(widths)]], outputs)))
    initialize_network(do.call(nn_sequential, layers), init)
  })
}

#' @rdname tanh_network
#'
#' @details `lenet()` is LeNet-5 as it is taught today: two convolutions (6 and 16 kernels of 5 by 5, the
#'   first with a margin of 2 zeros), each followed by the activation and max pooling by 2; then linear layers
#'   of 120, 84 and `outputs` units. The original of 1998 has tanh, trainable average pooling, sparse
#'   connections between the convolutions and radial basis functions at its end.
#' @param channels 1 for grey pictures, 3 for coloured ones.
#' @param size Height and width of the pictures: at least 12 for `lenet()`, 4 for `small_cnn()`; smaller
#'   ones shrink to nothing.
#' @param activation `"relu"`, `"sigmoid"` or `"tanh"`.
#' @export
lenet <- function(channels = 1, size = 28, outputs = 10, activation = "relu", init = "default", seed = NULL,
                  dtype = "float32") {
  where <- "lenet()"
  check_whole(where, "channels", channels, 1)
  check_whole(where, "size", size, 12)
  if (!one_text_of(names(ACTIVATIONS))(activation)) {
    refuse(where, "activation", activation, one_of(names(ACTIVATIONS)))
  }
  check_start(where, outputs, init, seed, dtype)
  activate <- engine_verb(ACTIVATIONS[[activation]])
  side <- (size %/% 2 - 4) %/% 2
  in_dtype(dtype, {
    model <- nn_sequential(
      nn_conv2d(channels, 6, 5, padding = 2), activate(), nn_max_pool2d(2),
      nn_conv2d(6, 16, 5), activate(), nn_max_pool2d(2),
      nn_flatten(),
      nn_linear(16 * side * side, 120), activate(),
      nn_linear(120, 84), activate(),
      nn_linear(84, outputs)
    )
    initialize_network(model, init)
  })
}

#' @rdname tanh_network
#'
#' @details `small_cnn()` has two blocks of convolution (16 and 32 kernels of 3 by 3, a margin of 1 zero),
#'   batch norm where asked for, ReLU and max pooling by 2; dropout where asked for; linear layers of 64 (with
#'   ReLU) and `outputs` units.
#' @param batch_norm `TRUE` or `FALSE`.
#' @param dropout The share of numbers that are set to zero in training, at least 0 and below 1.
#' @export
small_cnn <- function(channels = 1, size = 28, outputs = 10, batch_norm = FALSE, dropout = 0,
                      init = "default", seed = NULL, dtype = "float32") {
  where <- "small_cnn()"
  check_whole(where, "channels", channels, 1)
  check_whole(where, "size", size, 4)
  if (!isTRUE(batch_norm) && !isFALSE(batch_norm)) refuse(where, "batch_norm", batch_norm, "true or false")
  if (!RATE[[1]](dropout)) refuse(where, "dropout", dropout, RATE[[2]])
  check_start(where, outputs, init, seed, dtype)
  side <- size %/% 2 %/% 2
  block <- function(before, after) {
    norm <- if (batch_norm) list(nn_batch_norm2d(after))
    c(list(nn_conv2d(before, after, 3, padding = 1)), norm, list(nn_relu(), nn_max_pool2d(2)))
  }
  in_dtype(dtype, {
    layers <- c(block(channels, 16), block(16, 32), list(nn_flatten()))
    if (dropout > 0) layers <- c(layers, list(nn_dropout(dropout)))
    layers <- c(layers, list(nn_linear(32 * side * side, 64), nn_relu(), nn_linear(64, outputs)))
    initialize_network(do.call(nn_sequential, layers), init)
  })
}

#' @rdname tanh_network
#' @param model A module.
#' @export
count_parameters <- function(model) {
  sum(vapply(model$parameters, function(parameter) prod(dim(parameter)), 1))
}

check_whole <- function(where, field, value, least) {
  if (!whole_from(least)(value)) {
    refuse(where, field, value, paste("a whole number >=", least))
  }
}

# What all networks check last; then the weights may be drawn, from the seed if there is one.
check_start <- function(where, outputs, init, seed, dtype) {
  check_whole(where, "outputs", outputs, 1)
  check_initialization(where, init)
  require_value(where, "dtype", dtype)
  if (!is.null(seed)) {
    require_value(where, "seed", seed)
    torch_manual_seed(seed)
  }
}

# {torch}'s layers take no dtype: they are made in the default one.
in_dtype <- function(dtype, code) {
  before <- torch_get_default_dtype()
  on.exit(torch_set_default_dtype(before))
  torch_set_default_dtype(if (dtype == "float64") torch_float64() else torch_float32())
  code
}
