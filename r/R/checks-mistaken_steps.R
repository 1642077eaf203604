# The rules once more, with switches that make them wrong: one classic mistake each.
#
# Without a switch they are the rules of rules-*.R; a test holds them to that. Written out a second time so that the
# rules themselves stay as plain as their equations.

# One step of the rule `like` that is wrong as the `switches` say, which are those of MISTAKE_VARIANTS; none for the
# rule as it should be. `h` are all hyperparameters of the rule.
mistaken_step <- function(like, switches, x, g, state, h) {
  decay <- h$weight_decay
  decoupled <- if (like == "adamw") !"coupled" %in% switches else "decoupled" %in% switches
  if ("no decay" %in% switches) decay <- 0
  if (decoupled) {
    x <- x * (1 - (if ("decay without rate" %in% switches) decay else h$lr * decay))
  } else {
    g <- g + x * decay
  }
  direct <- if (like %in% c("sgd", "momentum", "nesterov")) mistaken_velocity else mistaken_quotient
  taken <- direct(like, switches, g, state, h)
  x <- if ("sign" %in% switches) x + taken$step else x - taken$step
  list(x = x, state = if ("forgets" %in% switches) list() else taken$state)
}

mistaken_velocity <- function(like, switches, g, state, h) {
  lr <- h$lr
  if (like == "sgd") {
    return(list(step = g * lr, state = state))
  }
  m <- h$momentum
  if ("rate inside" %in% switches) {
    g <- g * lr
    lr <- 1
  }
  v <- if (length(state)) state$v else first_average(g, if ("from gradient" %in% switches) "gradient" else "zero")
  v <- if ("swapped" %in% switches) {
    v * (1 - m) + g * m
  } else if ("swapped decay" %in% switches) {
    v * (1 - m) + g
  } else if ("averaged" %in% switches) {
    v * m + g * (1 - m)
  } else {
    v * m + g
  }
  ahead <- like == "nesterov" && !"no look-ahead" %in% switches
  list(step = (if (ahead) g + v * m else v) * lr, state = list(v = v))
}

mistaken_quotient <- function(like, switches, g, state, h) {
  init <- if ("from gradient" %in% switches) "gradient" else h$init %||% "zero"
  if (!length(state)) {
    state <- list(t = 0, m = first_average(g, init), v = first_average(g * g, init))
  }
  t <- state$t + 1
  two_averages <- like %in% c("adam", "adamw")
  m <- g
  v <- mistaken_squares(like, switches, g, state$v, t, h)
  if (two_averages) m <- mistaken_average(state$m, g, mistaken_betas(switches, h)[[1]], switches, "m")
  above <- m
  below <- v
  if (two_averages && h$bias_correction) {
    count <- if ("count from zero" %in% switches) t - 1 else t
    if (!"m uncorrected" %in% switches) above <- m / (1 - h$beta1^count)
    if (!"v uncorrected" %in% switches) below <- v / (1 - h$beta2^count)
  }
  divisor <- if ("no root" %in% switches) {
    below + h$eps
  } else if ("eps inside" %in% switches) {
    torch_sqrt(below + h$eps)
  } else {
    torch_sqrt(below) + h$eps
  }
  list(step = above * h$lr / divisor, state = list(t = t, m = m, v = v))
}

mistaken_betas <- function(switches, h) {
  if ("exchanged" %in% switches) c(h$beta2, h$beta1) else c(h$beta1, h$beta2)
}

mistaken_squares <- function(like, switches, g, v, t, h) {
  if (like == "adagrad") {
    if ("mean" %in% switches) {
      return((v * (t - 1) + g * g) / t)
    }
    for (decay in c(0.9, 0.99, 0.999)) {
      if (sprintf("average %g", decay) %in% switches) {
        return(v * decay + g * g * (1 - decay))
      }
    }
    return(v + g * g)
  }
  if ("summed" %in% switches) {
    return(v + g * g)
  }
  beta <- if (like == "rmsprop") h$alpha else mistaken_betas(switches, h)[[2]]
  mistaken_average(v, g * g, beta, switches, "v")
}

mistaken_average <- function(before, new, beta, switches, which) {
  if (paste(which, "swapped") %in% switches) {
    return(before * (1 - beta) + new * beta)
  }
  if (paste(which, "unweighted") %in% switches) {
    return(before * beta + new)
  }
  before * beta + new * (1 - beta)
}
