# A plain network of tanh layers.

#' @include networks-network.R
NULL

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

is_widths <- function(value) is_filled(value) && all(vapply(value, whole_from(1), TRUE))

NETWORK_TANH <- new_network(
  "tanh_network", tanh_network,
  place = 1,
  fields = list(
    hidden = optional(list(is_widths, "a list of one or more whole numbers >= 1")),
    init = optional(among(names(INITIALIZATIONS)))
  ),
  from_data = list(digits = list(inputs = 64))
)
