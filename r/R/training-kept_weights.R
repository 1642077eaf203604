# The weights of a network as one vector.

#' All weights of a network as one vector
#'
#' @param model A module.
#' @return A tensor of shape (n) on the CPU, in the dtype of the parameters: a copy of all of them, end to end, each
#'   in the order of its indices. What a batch norm keeps beside its parameters is not among them.
#' @export
#' @examplesIf has_engine()
#' dim(flat_weights(nn_linear(2, 1)))
flat_weights <- function(model) {
  parts <- lapply(unname(model$parameters), function(p) p$detach()$reshape(-1)$cpu())
  # Of a single part torch_cat() might give the part itself.
  torch_cat(parts)$clone()
}
