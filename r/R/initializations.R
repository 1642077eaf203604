# How the first weights of a network are drawn.

#' @include refusals.R
NULL

# The standard deviation of "small".
SMALL_STD <- 1e-4

#' The first weights of a network
#'
#' `initialize_network()` draws the weights of a network's linear and convolutional layers anew, in place,
#' and sets their biases to zero.
#'
#' @param model A module. Parameters of fewer than two dimensions that are no bias of such a layer, as in
#'   batch norm, stay as they are.
#' @param init `"default"` leaves everything as the library drew it; `"zeros"`: all weights zero; `"small"`:
#'   normal with standard deviation 1e-4, too small for signals to get through; `"xavier"`: uniform within
#'   sqrt(6 / (fan in + fan out)), equation 16 of Glorot and Bengio (2010); `"he"`: normal with standard
#'   deviation sqrt(2 / fan in), equation 10 of He et al. (2015). Another name is refused.
#' @return The same model, invisibly.
#' @source Glorot, Bengio: Understanding the difficulty of training deep feedforward neural networks.
#'   AISTATS 2010. He, Zhang, Ren, Sun: Delving deep into rectifiers. ICCV 2015.
#' @format `INITIALIZATIONS` is the list of the ways to draw a weight in place, by name; that of `"default"`
#'   is NULL.
#' @export
#' @examplesIf has_engine()
#' initialize_network(nn_linear(2, 2), "xavier")$weight
initialize_network <- function(model, init) {
  check_initialization("initialize_network()", init)
  draw <- INITIALIZATIONS[[init]]
  if (is.null(draw)) {
    return(invisible(model))
  }
  parameters <- model$parameters
  for (name in grep("weight$", names(parameters), value = TRUE)) {
    if (length(dim(parameters[[name]])) > 1) {
      draw(parameters[[name]])
      bias <- parameters[[sub("weight$", "bias", name)]]
      if (!is.null(bias)) nn_init_zeros_(bias)
    }
  }
  invisible(model)
}

#' @rdname initialize_network
#' @export
INITIALIZATIONS <- list(
  default = NULL,
  zeros = function(weight) nn_init_zeros_(weight),
  small = function(weight) nn_init_normal_(weight, 0, SMALL_STD),
  xavier = function(weight) nn_init_xavier_uniform_(weight),
  he = function(weight) nn_init_kaiming_normal_(weight, mode = "fan_in", nonlinearity = "relu")
)

# Refuses a name that is not in INITIALIZATIONS.
check_initialization <- function(where, init) {
  if (!one_text_of(names(INITIALIZATIONS))(init)) {
    refuse(where, "init", init, one_of(names(INITIALIZATIONS)))
  }
}
