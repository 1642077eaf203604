# Reduce on plateau, by hand: the schedule that watches a metric instead of counting.

#' @include schedules-fields.R
NULL

#' Lower the rate when a metric has stopped getting better
#'
#' After each epoch call `$step(metric)`; `$lr` is the rate to use. The first epoch uses `lr`. When more than
#' `patience` epochs in a row have not been better than the best one, \eqn{lr \leftarrow \max(factor \cdot lr,
#' min\_lr)}. Per epoch, since the metric is one.
#'
#' @param lr The rate to start from.
#' @param mode Whether a lower (`"min"`) or a higher (`"max"`) metric is better.
#' @param factor Above 0 and below 1.
#' @param patience How many bad epochs in a row are put up with.
#' @param threshold,threshold_mode A metric is better only if it is below best (1 - threshold) (`"rel"`) or
#'   best - threshold (`"abs"`); above best (1 + threshold) or best + threshold with mode `"max"`.
#' @param cooldown For how many epochs after a reduction bad ones do not count.
#' @param min_lr The floor.
#' @param eps A reduction that is not larger than this is not made.
#' @return An object with `lr`, `step(metric)`, `state_dict()` and `load_state_dict(state)`. A metric that is
#'   missing or no finite number stops with one line.
#' @source PyTorch's ReduceLROnPlateau; the practice is that of He et al. (2016), section 3.4: "divided by 10
#'   when the error plateaus".
#' @export
#' @examples
#' plateau <- plateau_schedule(0.1, factor = 0.5, patience = 1)
#' for (loss in c(3, 2, 2, 2, 2)) plateau$step(loss)
#' plateau$lr
plateau_schedule <- function(lr, mode = "min", factor = 0.1, patience = 10, threshold = 1e-4,
                             threshold_mode = "rel", cooldown = 0, min_lr = 0, eps = 1e-8) {
  fields <- list(
    lr = lr, mode = mode, factor = factor, patience = patience, threshold = threshold,
    threshold_mode = threshold_mode, cooldown = cooldown, min_lr = min_lr, eps = eps
  )
  for (field in names(fields)) check_field("plateau_schedule()", field, fields[[field]], "plateau")
  self <- list2env(fields, parent = emptyenv())
  self$best <- if (mode == "min") Inf else -Inf
  self$bad_steps <- 0
  self$cooldown_left <- 0
  self$step <- function(metric = NULL) plateau_step(self, metric)
  kept <- c(names(fields), "best", "bad_steps", "cooldown_left")
  self$state_dict <- function() mget(kept, envir = self)
  self$load_state_dict <- function(state) invisible(list2env(state, envir = self))
  structure(self, class = "gradpath_plateau")
}

plateau_step <- function(self, metric) {
  if (inherits(metric, c("torch_tensor", "torch.Tensor"))) metric <- metric$item()
  check_field("plateau_schedule()", "metric", metric)
  if (is_better(self, metric)) {
    self$best <- metric
    self$bad_steps <- 0
  } else {
    self$bad_steps <- self$bad_steps + 1
  }
  if (self$cooldown_left > 0) {
    self$cooldown_left <- self$cooldown_left - 1
    self$bad_steps <- 0
  }
  if (self$bad_steps > self$patience) {
    # lr <- max(factor lr, min_lr), unless that is hardly a change
    lower <- max(self$lr * self$factor, self$min_lr)
    if (self$lr - lower > self$eps) self$lr <- lower
    self$cooldown_left <- self$cooldown
    self$bad_steps <- 0
  }
  self$lr
}

is_better <- function(self, metric) {
  relative <- self$threshold_mode == "rel"
  if (self$mode == "min") {
    isTRUE(metric < if (relative) self$best * (1 - self$threshold) else self$best - self$threshold)
  } else {
    isTRUE(metric > if (relative) self$best * (1 + self$threshold) else self$best + self$threshold)
  }
}

#' @export
print.gradpath_plateau <- function(x, ...) {
  cat(sprintf("<plateau: lr %.15g, best %.15g, %d bad steps>\n", x$lr, x$best, as.integer(x$bad_steps)))
  invisible(x)
}
