# The same methods through `optim_*()`: the library's objects, made from our hyperparameter names.

#' The library's optimizer for one of our methods
#'
#' @param optimizer One of [optimizer_names()].
#' @param parameters A tensor, or a list of tensors: leaves that require gradients.
#' @param ... Hyperparameters by our names; defaults as in [update_rules]. `init` and `bias_correction` are
#'   accepted and take effect through `seed_state()`.
#' @return `make_optimizer()` gives the optimizer; `seed_state()` gives it back invisibly.
#' @export
#' @examplesIf has_engine()
#' x <- torch_tensor(c(5.1, 2.3), requires_grad = TRUE)
#' opt <- make_optimizer("adam", x, lr = 0.1, beta1 = 0.8)
#' (x^2)$sum()$backward()
#' opt$step()
#' x
make_optimizer <- function(optimizer, parameters, ...) {
  require_value("make_optimizer()", "optimizer", optimizer)
  checked <- check_hyperparameters("make_optimizer()", optimizer, list(...))
  if (!is.list(parameters)) parameters <- list(parameters)
  rule <- RULES[[optimizer]]
  do.call(engine_verb(rule$optim), c(list(parameters), rule$arguments(checked)))
}

#' @rdname make_optimizer
#'
#' @details `seed_state()` gives an optimizer the state that `init` and `bias_correction` of our rules stand
#'   for. Call it after the first `backward()` and before the first `step()`. RMSprop's `square_avg` starts at
#'   the first squared gradient; Adam's `exp_avg` and `exp_avg_sq` at the first gradient and its square;
#'   without bias correction Adam's `step` starts so late that the corrections are 1. The library's own
#'   defaults (`"zero"`, `TRUE`) change nothing.
#' @param opt An optimizer.
#' @param init `"zero"` or `"gradient"`.
#' @param bias_correction `TRUE` or `FALSE`.
#' @export
seed_state <- function(opt, init = "zero", bias_correction = TRUE) {
  plain <- function(name) sub("^optim_(ignite_)?", "", name)
  rule <- Find(function(rule) plain(rule$optim) == plain(class(opt)[[1]]), RULES)
  if (is.null(rule)) {
    return(invisible(opt))
  }
  whole <- opt$state_dict()
  count <- 0
  seeded <- FALSE
  for (group in opt$param_groups) {
    for (p in group$params) {
      count <- count + 1
      state <- rule$first_state(p, group, init, bias_correction)
      if (!is.null(state)) {
        whole$state[[as.character(count)]] <- state
        seeded <- TRUE
      }
    }
  }
  if (seeded) opt$load_state_dict(whole)
  invisible(opt)
}
