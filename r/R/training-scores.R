# How well a classifier does, batch by batch.

#' Scores of a classifier
#'
#' @param outputs A tensor of shape (batch, classes).
#' @param targets A tensor of shape (batch), int64; classes count from 1 (in Python from 0).
#' @return `accuracy()` gives the share of samples whose largest output is that of their class: a float64
#'   tensor of shape () on the device of `outputs`, so that nothing waits for a GPU. Shapes that do not belong
#'   together are refused.
#' @format `SCORES` is the list of the scores by name: functions of outputs and targets that give a tensor
#'   of one number.
#' @export
#' @examplesIf has_engine()
#' accuracy(torch_tensor(matrix(c(2, 0, 1, 3), 2)), torch_tensor(c(1L, 1L)))
accuracy <- function(outputs, targets) {
  shape <- dim(outputs)
  if (length(shape) != 2 || !identical(dim(targets), shape[1])) {
    show <- function(sizes) paste0("[", paste(sizes, collapse = ", "), "]")
    gradpath_stop(paste0(
      "accuracy(): shapes of outputs and targets: ", show(shape), " and ", show(dim(targets)),
      "; use [batch, classes] and [batch]"
    ))
  }
  torch_mean((torch_argmax(outputs, dim = 2) == targets)$to(dtype = torch_float64()))
}

#' @rdname accuracy
#' @export
SCORES <- list(accuracy = accuracy)
