# The networks that the lessons train: one file per network.

#' @include networks-network.R
NULL

# What their files declare: filled when the package is loaded.
NETWORKS <- list()

network_names <- function() names(NETWORKS)

#' @rdname tanh_network
#' @param model A module.
#' @export
count_parameters <- function(model) {
  sum(vapply(model$parameters, function(parameter) prod(dim(parameter)), 1))
}
