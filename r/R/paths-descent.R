# descend(): one path of one optimizer down one surface.

#' One path of one optimizer down one surface
#'
#' @param surface A name of [surface_names()], a surface, or a function that takes a tensor of shape (2) and
#'   returns the value there as a tensor of one element, made of operations that autograd can differentiate.
#' @param start Two finite numbers.
#' @param optimizer `"sgd"`, `"momentum"`, `"nesterov"`, `"adagrad"`, `"rmsprop"`, `"adam"` or `"adamw"`; or a rule
#'   of one's own: a function of `x`, `g`, `state` and hyperparameters that gives a list of the next `x` and `state`,
#'   as the functions in [UPDATE_RULES] do. Its hyperparameters are those of its formals; one that is called like an
#'   argument of this function, or like the beginning of one, cannot be given here.
#' @param steps How many updates; 0 to 1,000,000.
#' @param method `"manual"`, the update rule written out, or `"optim"`, the library's optimizer object; for
#'   a rule of one's own the object is that of [as_optimizer()].
#' @param dtype `"float64"` or `"float32"`.
#' @param device `"cpu"`, `"cuda"` or `"cuda:N"`.
#' @param schedule `list(name = "cosine", steps = 40)`, as [make_schedule()] takes it, starting from `lr`; or
#'   `list(name = "plateau", ...)`, which watches the value at the points; or a function of the step, from 0,
#'   that gives the rate itself. The rate at step t leads from point t to point t + 1.
#' @param noise Standard deviation of the normal noise that is added to both coordinates of every gradient.
#' @param seed Where the noise starts; the same noise in both languages.
#' @param ... Hyperparameters: `lr`, `momentum`, `alpha`, `beta1`, `beta2`, `eps`, `weight_decay`, `init`,
#'   `bias_correction`, as the optimizer has them; defaults as in [update_rules]. A rule of one's own takes
#'   numbers, texts, `TRUE` and `FALSE`.
#' @return A data frame with one row per point, the start included: `step` (integer), `x1`, `x2`, `value`
#'   (doubles, holding numbers of `dtype`). Its attributes are surface, start, optimizer, hyperparameters,
#'   method, language, engine, engine_version, dtype, device, schedule, noise, seed and status: `"finished"`,
#'   or `"diverged at step k"` when step k was no longer finite; the table then stops before it. With a
#'   rule of one's own, optimizer is the name under which the function was given (`"function"` if there was none),
#'   and `rule_source` the first 16 digits of the SHA-256 of the deparsed function. Bad input stops with one line, an
#'   error of class `gradpath_error`.
#' @export
#' @examplesIf has_engine()
#' path <- descend("isotropic_paraboloid", start = c(6, 6), optimizer = "sgd", steps = 1, lr = 2.5)
#' path$x1
descend <- function(surface, start, optimizer, steps, method = "manual", dtype = "float64", device = "cpu",
                    schedule = NULL, noise = 0, seed = 0, ...) {
  hyperparameters <- list(...)
  objective <- as_objective(surface)
  require_value("descend()", "start", start)
  rule <- as_rule("descend()", optimizer, name_of(substitute(optimizer)))
  require_value("descend()", "steps", steps)
  require_value("descend()", "method", method)
  require_value("descend()", "dtype", dtype)
  require_value("descend()", "noise", noise)
  require_value("descend()", "seed", seed)
  checked <- check_hyperparameters("descend()", rule, hyperparameters)
  check_has_rate("descend()", rule, schedule)
  schedule <- check_path_schedule("descend()", schedule, steps, schedule_parameters())
  start <- as.numeric(start)
  x <- torch_tensor(start, dtype = engine_verb(paste0("torch_", dtype))(), device = as_device("descend()", device))
  make_advance <- if (method == "manual") by_hand else by_optim
  advance <- make_advance(rule, checked, if (steps > 0) guard_schedule(schedule))
  drawn <- if (noise > 0 && steps > 0) gradient_noise(steps, noise, seed)

  points <- matrix(0, 3, steps + 1)
  status <- "finished"
  count <- 0
  x$requires_grad_(TRUE)
  for (step in seq(0, steps)) {
    value <- value_at(objective, x, differentiable = step < steps)
    point <- c(as.numeric(x), value$item())
    if (!all(is.finite(point))) {
      status <- paste("diverged at step", step)
      break
    }
    count <- count + 1
    points[, count] <- point
    if (step < steps) {
      shift <- if (noise > 0) torch_tensor(drawn[step + 1, ], dtype = x$dtype, device = x$device)
      # A schedule goes on only where an update follows.
      x <- advance(x, value, shift, step + 1 < steps)
    }
  }

  points <- points[, seq_len(count), drop = FALSE]
  path <- data.frame(step = seq_len(count) - 1L, x1 = points[1, ], x2 = points[2, ], value = points[3, ])
  engine <- engine_info()
  known <- list(
    surface = attr(objective, "name"), start = start, optimizer = rule$name, hyperparameters = checked,
    method = method, language = "r", engine = engine$name, engine_version = engine$version, dtype = dtype,
    device = device, schedule = schedule, noise = noise, seed = seed, status = status
  )
  if (is_own_rule(rule)) known$rule_source <- rule$source
  attributes(path) <- c(attributes(path), known)
  path
}

by_hand <- function(rule, hyperparameters, schedule) {
  update <- rule$step
  state <- list()
  rate <- if (!is.null(schedule)) rate_by_hand("descend()", schedule, hyperparameters$lr)
  function(x, value, shift, more) {
    g <- gradient_at(value, x)
    if (!is.null(shift)) g <- g + shift
    if (!is.null(rate)) hyperparameters$lr <- rate$lr
    with_no_grad({
      step <- do.call(update, c(list(x, g, state), hyperparameters), quote = TRUE)
    })
    state <<- step$state
    if (!is.null(rate) && more) rate$step(value$item())
    step$x$requires_grad_(TRUE)
  }
}

by_optim <- function(rule, hyperparameters, schedule) {
  opt <- NULL
  scheduler <- NULL
  function(x, value, shift, more) {
    first <- is.null(opt)
    if (first) {
      opt <<- optimizer_of("descend()", rule, list(x), hyperparameters)
      if (!is.null(schedule)) scheduler <<- make_scheduler(schedule, opt)
    }
    opt$zero_grad()
    leave_gradient(value, x)
    if (!is.null(shift)) x$grad$add_(shift)
    if (first) {
      seed_state(opt, hyperparameters$init %||% "zero", hyperparameters$bias_correction %||% TRUE)
    }
    opt$step()
    if (!is.null(scheduler) && more) step_scheduler(scheduler, value$item())
    x
  }
}

as_objective <- function(surface) {
  if (inherits(surface, "gradpath_surface")) {
    return(surface)
  }
  if (is.character(surface) && length(surface) == 1 && surface %in% surface_names()) {
    return(SURFACES[[surface]])
  }
  if (is.function(surface)) {
    check_arity("descend()", surface)
    return(structure(surface, name = "function"))
  }
  refuse("descend()", "surface", surface, paste0(one_of(surface_names()), ", or a function"))
}
