# The same methods through `optim_*()`: the library's objects, made from our hyperparameter names.

# Our name: the library's function. With {torch} these are the C++ ones: its R-written optim_sgd() and
# optim_rmsprop() decay towards the position of a parameter in its group, and optim_adamw() counts its steps
# in float32. With PyTorch both names mean the same object. Adam's two betas are one pair there; `init` and
# `bias_correction` are no options there but a starting state.
OPTIM_CLASSES <- list(
  sgd = "optim_ignite_sgd",
  momentum = "optim_ignite_sgd",
  nesterov = "optim_ignite_sgd",
  adagrad = "optim_ignite_adagrad",
  rmsprop = "optim_ignite_rmsprop",
  adam = "optim_ignite_adam",
  adamw = "optim_ignite_adamw"
)

# So many steps that 1 - beta^t is 1 in float64 for every beta below 1 - 1e-7: bias correction has worn off.
LATE_STEP <- 1e9

# Translates our hyperparameters into the library's arguments.
optim_arguments <- function(optimizer, hyperparameters) {
  arguments <- hyperparameters[!names(hyperparameters) %in% c("init", "bias_correction", "beta1", "beta2")]
  if (!is.null(hyperparameters$beta1)) {
    arguments$betas <- c(hyperparameters$beta1, hyperparameters$beta2)
  }
  if (optimizer == "nesterov") {
    arguments$nesterov <- arguments$momentum != 0
  }
  arguments
}

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
  make <- engine_verb(OPTIM_CLASSES[[optimizer]])
  do.call(make, c(list(parameters), optim_arguments(optimizer, checked)))
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
  late <- init == "gradient"
  kind <- sub("^optim_(ignite_)?", "", class(opt)[[1]])
  seeded <- kind == "rmsprop" && late || kind %in% c("adam", "adamw") && (late || !bias_correction)
  if (!seeded) {
    return(invisible(opt))
  }
  whole <- opt$state_dict()
  count <- 0
  for (group in opt$param_groups) {
    # The rule averages the gradient with its weight decay in it, so that is where its average starts.
    decay <- if (kind == "adamw") 0 else group$weight_decay
    for (p in group$params) {
      count <- count + 1
      first <- first_average(add_decay(p$grad$detach(), p$detach(), decay), init)$clone()
      whole$state[[as.character(count)]] <- first_state(kind, first, bias_correction)
    }
  }
  opt$load_state_dict(whole)
  invisible(opt)
}

# The state of one parameter as the engine's library names it. {torch}'s C++ optimizers want every part of the
# state, in their order, the parts that are not in use empty.
first_state <- function(kind, first, bias_correction) {
  square <- first * first
  step <- if (kind == "rmsprop" || bias_correction) 0 else LATE_STEP
  if (engine_info()$name == "pytorch") {
    step <- torch_scalar_tensor(step)
    if (kind == "rmsprop") {
      return(list(step = step, square_avg = square))
    }
    return(list(step = step, exp_avg = first, exp_avg_sq = square))
  }
  step <- torch_tensor(step, dtype = torch_int64())
  unused <- torch_empty(0)
  if (kind == "rmsprop") {
    return(list(grad_avg = unused, square_avg = square, momentum_buffer = unused, step = step))
  }
  list(exp_avg = first, exp_avg_sq = square, max_exp_avg_sq = unused, step = step)
}
