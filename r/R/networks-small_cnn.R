# A small convolutional network.

#' @include networks-network.R
NULL

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

NETWORK_SMALL_CNN <- new_network(
  "small_cnn", small_cnn,
  place = 3,
  fields = list(
    batch_norm = optional(FLAG),
    dropout = optional(RATE),
    init = optional(among(names(INITIALIZATIONS)))
  ),
  from_data = list(digits = list(size = 8))
)
