# The updates of one training run: by the rules written out, or by the library's optimizer object.
#
# Either way is a list of functions. `$lr()` gives the rate of the next update, `$backward(loss)` computes the
# gradients of a batch, `$step()` clips them and updates the parameters, `$step_schedule(metric)` goes on to the next
# rate, `$state()` gives, as tensors by name, everything that the next update depends on, the parameters and the rate
# aside, and `$resume(state, metrics)` goes on from a state, and from the rate to which the steps of the schedule so
# far have led.

# The updates of a model's parameters by one of the two methods.
make_updates <- function(where, model, method, rule, hyperparameters, schedule, clip, fused) {
  parameters <- Filter(function(p) p$requires_grad, unname(model$parameters))
  if (!length(parameters)) {
    gradpath_stop(paste0(where, ": model: has no parameter to train; use a network with some"))
  }
  if (method == "manual") {
    updates_by_hand(where, parameters, rule, hyperparameters, schedule, clip)
  } else {
    updates_by_optim(where, parameters, rule, hyperparameters, schedule, clip, fused)
  }
}

# The rules by hand, on all parameters laid end to end in one tensor: a rule works element by element, so
# one call for all parameters gives what a call for each of them gives.
updates_by_hand <- function(where, parameters, rule, hyperparameters, schedule, clip) {
  rate <- if (!is.null(schedule)) rate_by_hand(where, schedule, hyperparameters$lr)
  own <- is_own_rule(rule)
  laid_out <- end_to_end(parameters, if (own) one_by_one(rule, parameters) else rule$step, clip)
  lr <- function() if (is.null(rate)) rate_in(hyperparameters) else rate$lr
  step_schedule <- function(metric) if (!is.null(rate)) rate$step(metric)
  step <- function() {
    if (!own || !is.null(rate)) hyperparameters$lr <- lr()
    laid_out$step(hyperparameters)
  }
  resume <- function(saved, metrics) {
    # The step counter is a plain number in the rules.
    laid_out$resume(if (own) {
      restored_states(saved, parameters)
    } else {
      lapply(saved, function(value) if (length(dim(value))) value else value$item())
    })
    for (metric in metrics) step_schedule(metric)
  }
  state <- function() {
    if (own) {
      return(stored_states(where, rule, laid_out$state()))
    }
    lapply(laid_out$state(), function(value) {
      if (is.numeric(value)) torch_scalar_tensor(value, dtype = torch_int64()) else value
    })
  }
  list(
    lr = lr, backward = laid_out$backward, step = step, step_schedule = step_schedule, state = state, resume = resume
  )
}

# Parameters as one tensor, and a rule that moves it: `$backward(loss)`, then `$step(hyperparameters)`; `$state()` is
# the rule's, with which `$resume(state)` goes on. Nothing in a step is followed by autograd: values and gradients
# are detached from the network.
end_to_end <- function(parameters, rule, clip) {
  one_tensor <- function(tensors) torch_cat(lapply(tensors, torch_reshape, -1))
  sizes <- vapply(parameters, function(p) p$numel(), 1)
  # Where a parameter's numbers lie in the order of its indices they are written as one row, through a function that
  # is looked up once: {torch} looks long.
  in_order <- vapply(parameters, function(p) p$is_contiguous(), TRUE)
  own <- Map(function(p, plain) if (plain) p$detach()$view(-1) else p$detach(), parameters, in_order)
  write <- lapply(own, function(numbers) numbers$copy_)
  shapes <- lapply(own, dim)
  # A parameter that the loss does not depend on has no gradient.
  with_zeros <- function(gradients) {
    Map(function(g, p) if (is_undefined_tensor(g)) torch_zeros_like(p) else g, gradients, parameters)
  }
  x <- one_tensor(own)
  gradients <- NULL
  state <- list()
  step <- function(hyperparameters) {
    g <- tryCatch(one_tensor(gradients), error = function(e) one_tensor(with_zeros(gradients)))
    new <- do.call(rule, c(list(x, clipped(g, clip), state), hyperparameters), quote = TRUE)
    x <<- new$x
    state <<- new$state
    parts <- torch_split(x, sizes)
    for (i in seq_along(parts)) write[[i]](if (in_order[[i]]) parts[[i]] else parts[[i]]$view(shapes[[i]]))
  }
  resume <- function(saved) {
    x <<- one_tensor(own)
    # Numbers, and the states of an own rule, are where they belong.
    placed <- function(value) if (is.numeric(value) || is.list(value)) value else value$to(device = x$device)
    state <<- lapply(saved, placed)
  }
  backward <- function(loss) gradients <<- autograd_grad(loss, parameters, allow_unused = TRUE)
  list(backward = backward, step = step, state = function() state, resume = resume)
}

# A rule of the reader's own may look at shapes, or at a norm: it is called for each parameter by itself. Gives a rule
# for all of them laid end to end, whose state is a list of their states by number.
one_by_one <- function(rule, parameters) {
  sizes <- vapply(parameters, function(p) p$numel(), 1)
  shapes <- lapply(parameters, dim)
  steps <- lapply(parameters, function(p) rule$again())
  function(x, g, state, ...) {
    made <- Map(function(step, x, g, shape, number) {
      step(x$reshape(shape), g$reshape(shape), state[[as.character(number)]] %||% list(), ...)
    }, steps, torch_split(x, sizes), torch_split(g, sizes), shapes, seq_along(steps))
    x <- torch_cat(lapply(made, function(one) one$x$reshape(-1)))
    list(x = x, state = stats::setNames(lapply(made, `[[`, "state"), seq_along(made)))
  }
}

# A rule of the reader's own may have no rate.
rate_in <- function(hyperparameters) as.numeric(hyperparameters$lr %||% NaN)

# The states of an own rule by number of the parameter, as one list of tensors; parameters count from 0 in files.
stored_states <- function(where, rule, states) {
  named <- lapply(names(states), function(number) {
    own <- state_as_tensors(where, rule$name, states[[number]])
    stats::setNames(own, sprintf("%d/%s", as.integer(number) - 1L, names(own)))
  })
  do.call(c, named) %||% list()
}

# The way back.
restored_states <- function(stored, parameters) {
  number <- as.integer(sub("/.*", "", names(stored))) + 1L
  names(stored) <- sub("^[^/]*/", "", names(stored))
  lapply(split(seq_along(stored), number), function(own) {
    state_from_tensors(stored[own], parameters[[number[own[[1]]]]]$device)
  })
}

clipped <- function(g, clip) {
  if (!is.null(clip$norm)) g <- clip_by_norm(g, clip$norm)
  if (!is.null(clip$value)) g <- clip_by_value(g, clip$value)
  g
}

# The library's optimizer and scheduler objects, and its clipping.
updates_by_optim <- function(where, parameters, rule, hyperparameters, schedule, clip, fused) {
  own <- is_own_rule(rule)
  opt <- optimizer_of(where, rule, parameters, hyperparameters)
  # One pass over the numbers instead of ten, and other last digits.
  if (fused) opt$param_groups[[1]]$fused <- TRUE
  scheduler <- if (!is.null(schedule)) make_scheduler(schedule, opt)
  started <- FALSE
  step_schedule <- function(metric) if (!is.null(scheduler)) step_scheduler(scheduler, metric)

  step <- function() {
    if (!is.null(clip)) clip_gradients(parameters, clip)
    if (!started) {
      seed_state(opt, hyperparameters$init %||% "zero", hyperparameters$bias_correction %||% TRUE)
      started <<- TRUE
    }
    opt$step()
  }

  resume <- function(saved, metrics) {
    # The steps that these follow were taken by the run that was interrupted.
    without_order_warning(for (metric in metrics) step_schedule(metric))
    whole <- opt$state_dict()
    started <<- TRUE
    if (own) {
      whole$state <- restored_states(saved, parameters)
      return(opt$load_state_dict(whole))
    }
    # The one-pass step goes through memory: what belongs together has to lie alike.
    alike <- Map(function(value, name) {
      if (endsWith(name, "/step")) {
        return(value)
      }
      torch_empty_like(parameters[[as.integer(sub("/.*", "", name)) + 1L]]$detach())$copy_(value)
    }, saved, names(saved))
    whole$state <- state_by_parameter(alike, sub("^optim_(ignite_)?", "", class(opt)[[1]]))
    opt$load_state_dict(whole)
  }

  state <- function() {
    states <- opt$state_dict()$state
    if (own) stored_states(where, rule, states) else state_by_name(states)
  }

  backward <- function(loss) {
    opt$zero_grad()
    loss$backward()
  }

  list(
    lr = function() rate_in(opt$param_groups[[1]]), backward = backward, step = step,
    step_schedule = step_schedule, state = state, resume = resume
  )
}

# The state of an optimizer as one list of tensors, "0/exp_avg" and so on: parameters count from 0 in files.
state_by_name <- function(state) {
  named <- lapply(names(state), function(number) {
    parts <- Filter(function(part) !is.null(part) && !is_undefined_tensor(part) && part$numel() > 0, state[[number]])
    stats::setNames(parts, sprintf("%d/%s", as.integer(number) - 1L, names(parts)))
  })
  do.call(c, named) %||% list()
}

# What {torch}'s C++ optimizers keep for each parameter, in their order; parts that are not in use are empty.
IGNITE_STATES <- list(
  sgd = "momentum_buffer", adagrad = c("sum", "step"),
  rmsprop = c("grad_avg", "square_avg", "momentum_buffer", "step"),
  adam = c("exp_avg", "exp_avg_sq", "max_exp_avg_sq", "step"),
  adamw = c("exp_avg", "exp_avg_sq", "max_exp_avg_sq", "step")
)

# The way back from state_by_name().
state_by_parameter <- function(saved, kind) {
  number <- as.integer(sub("/.*", "", names(saved)))
  parts <- sub("^[^/]*/", "", names(saved))
  numbers <- sort(unique(number))
  ignite <- engine_info()$name == "torch"
  state <- lapply(numbers, function(n) {
    own <- stats::setNames(saved[number == n], parts[number == n])
    # The engines count steps in different types.
    if (!is.null(own$step)) own$step <- if (ignite) whole_steps(own$step) else own$step$to(dtype = torch_float32())
    if (!ignite) {
      return(own)
    }
    lapply(stats::setNames(nm = IGNITE_STATES[[kind]]), function(part) own[[part]] %||% torch_empty(0))
  })
  stats::setNames(state, numbers + 1L)
}

whole_steps <- function(step) torch_tensor(step$item(), dtype = torch_int64())
