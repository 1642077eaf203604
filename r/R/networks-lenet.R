# LeNet-5.

#' @include networks-network.R
NULL

ACTIVATIONS <- c(relu = "nn_relu", sigmoid = "nn_sigmoid", tanh = "nn_tanh")

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

NETWORK_LENET <- new_network(
  "lenet", lenet,
  place = 2,
  fields = list(
    activation = optional(among(names(ACTIVATIONS))),
    init = optional(among(names(INITIALIZATIONS)))
  ),
  from_data = list(digits = list(size = 8))
)
