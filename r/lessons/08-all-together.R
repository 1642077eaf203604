# All together: every optimizer on every surface. Run it
# from the project's folder, as a script or as a notebook.

# %% start
suppressPackageStartupMessages(library(gradpath))

starts <- list(
  isotropic_paraboloid = c(6, 6),
  anisotropic_paraboloid = c(5.1, 2.3),
  rosenbrock = c(-1.5, 2),
  himmelblau = c(-4, -4),
  beale = c(1, 1.5),
  rastrigin = c(1.7, -1.3)
)
optimizers <- optimizer_names()

# The value of a surface at one point.
value_at <- function(surface, point) {
  surface(torch_tensor(point, dtype = torch_float64()))$item()
}

lowest <- list()
for (name in names(starts)) {
  surface <- get_surface(name)
  start <- starts[[name]]
  lowest[[name]] <- value_at(surface, attr(surface, "minima")[[1]])
  height <- value_at(surface, start) - lowest[[name]]
  cat(sprintf(
    "%-22s   from (%4.1f, %4.1f)   %10.4f above the minimum\n",
    name, start[1], start[2], height
  ))
}

# %% at-once
# The points of many paths, as one tensor of shape (steps + 1, n, 2).
#
# The rows of the start, of shape (n, 2), are the starts. A
# hyperparameter is a number, or a tensor of shape (n, 1).
all_at_once <- function(surface, start, optimizer, steps, ...) {
  rule <- UPDATE_RULES[[optimizer]]
  state <- list()
  x <- start
  points <- list(x)
  for (step in seq_len(steps)) {
    x$requires_grad_()
    g <- autograd_grad(surface(x)$sum(), list(x))[[1]]
    with_no_grad({
      made <- rule(x, g, state, ...)
    })
    x <- made$x
    state <- made$state
    points[[step + 1]] <- x$detach()
  }
  torch_stack(points)$detach()
}

# %% one-rate
# How high above the minimum a path ends, or that it has not come to rest in the window.
end_of <- function(path, surface) {
  window <- attr(get_surface(surface), "window")
  end <- as_array(path)[nrow(path), ]
  last <- tail(as.numeric(get_surface(surface)(path)), 10)
  inside <- window[1] <= end[1] && end[1] <= window[2] &&
    window[3] <= end[2] && end[2] <= window[4]
  if (!isTRUE(inside) || max(last) - min(last) > 1) {
    return("wild")
  }
  height <- last[10] - lowest[[surface]]
  if (height >= 0.0001) sprintf("%.4f", height) else "there"
}

rates <- c(0.001, 0.01, 0.1)
lr <- torch_tensor(rates, dtype = torch_float64())$reshape(c(-1, 1))
ends <- array("", c(3, length(starts), length(optimizers)))
dimnames(ends) <- list(NULL, names(starts), optimizers)
for (surface in names(starts)) {
  start <- starts[[surface]]
  three <- torch_tensor(rep(start, 3), dtype = torch_float64())$reshape(c(3, 2))
  for (name in optimizers) {
    points <- all_at_once(get_surface(surface), three, name, 200, lr = lr)
    for (k in 1:3) ends[k, surface, name] <- end_of(points[, k, ], surface)
  }
}
for (k in 1:3) {
  cat(sprintf("lr %-19.3f", rates[k]), sprintf("%9s", optimizers), "\n", sep = "")
  for (surface in names(starts)) {
    cat(sprintf("%-22s", surface), sprintf("%9s", ends[k, surface, ]), "\n", sep = "")
  }
}

# %% best-rate
# 33 rates from 0.001 to 10, evenly spaced on a logarithmic scale.
rates <- 10^(0:32 / 8 - 3)
# AdamW pulls towards the origin, which happens to be
# where some of these minima are. So it takes no part.
judged <- optimizers[1:6]
cat(strrep(" ", 22), sprintf("%12s", judged), "\n", sep = "")
for (name in names(starts)) {
  row <- vapply(judged, function(optimizer) {
    counts <- steps_to_reach(name, starts[[name]], optimizer, 200, lr = rates)
    best <- counts[which.min(counts$steps), ]
    if (best$status == "reached") sprintf("%3.0f (%.3f)", best$steps, best$lr) else "."
  }, "")
  cat(sprintf("%-22s", name), sprintf("%12s", row), "\n", sep = "")
}

# %% saddle
gaps <- c(0.1, 0.001, 0.000001, 0)
start <- torch_stack(list(
  torch_ones(4, dtype = torch_float64()), torch_tensor(gaps, dtype = torch_float64())
), dim = 2)
first <- sapply(optimizers, function(optimizer) {
  points <- as_array(all_at_once(get_surface("saddle"), start, optimizer, 200, lr = 0.1))
  apply(abs(points[, , 2]) > 1, 2, function(away) {
    if (any(away)) which(away)[1] - 1 else "never"
  })
})
cat("x2 at the start", sprintf("%9s", optimizers), "\n", sep = "")
for (k in seq_along(gaps)) {
  cat(sprintf("%15.6f", gaps[k]), sprintf("%9s", first[k, ]), "\n", sep = "")
}

# %% saddle-value
path <- descend("saddle", c(1, 0.000001), "sgd", steps = 90, lr = 0.1)
for (step in seq(0, 90, by = 10)) {
  at <- path[step + 1, ]
  cat(sprintf("step %2d   x1 %8.6f   x2 %9.6f   value %10.6f\n", step, at$x1, at$x2, at$value))
}

# %% ravine
# A ravine that is that much steeper along x2 than along x1.
ravine <- function(steepness) {
  function(x) (x[, 1]^2 + x[, 2]^2 * steepness) * 0.5
}

# The fewest steps of each method with the best of 97
# rates from 0.0001 to 100, as a line of text.
fewest_steps <- function(surface, start) {
  rates <- 10^(0:96 / 16 - 4)
  fewest <- vapply(judged, function(optimizer) {
    min(steps_to_reach(surface, start, optimizer, 400, bottom = 0, lr = rates)$steps)
  }, 1)
  paste(ifelse(fewest <= 400, sprintf("%9.0f", fewest), "        ."), collapse = "")
}

straight <- list()
cat("condition", sprintf("%9s", judged), "\n", sep = "")
for (steepness in c(10, 100, 1000)) {
  line <- fewest_steps(ravine(steepness), c(5, 1))
  straight[[as.character(steepness)]] <- line
  cat(sprintf("%9.0f", steepness), line, "\n", sep = "")
}

# %% turned
# The same ravine, turned by 45 degrees.
turned <- function(steepness) {
  half <- 0.5^0.5
  function(x) {
    (((x[, 1] + x[, 2]) * half)^2 + ((x[, 1] - x[, 2]) * half)^2 * steepness) * 0.5
  }
}

half <- 0.5^0.5
cat(strrep(" ", 15), sprintf("%9s", judged), "\n", sep = "")
cat("along the axes ", straight[["100"]], "\n", sep = "")
cat("turned         ", fewest_steps(turned(100), c(6 * half, 4 * half)), "\n", sep = "")

# %% map
# Prints what became of the runs of a map, and the fewest steps of all.
show_best <- function(counts, other) {
  fates <- c("reached", "not reached", "diverged")
  counted <- vapply(fates, function(fate) paste(sum(counts$status == fate), fate), "")
  cat(nrow(counts), " runs: ", paste(counted, collapse = ", "), "\n", sep = "")
  best <- counts[which.min(counts$steps), ]
  text <- "fewest steps: %.0f, with lr %.4f and %s %.2f\n"
  cat(sprintf(text, best$steps, best$lr, other, best[[other]]))
}

ravine_start <- c(5.1, 2.3)
rates <- 10^(0:26 / 12 - 2)
momenta <- 0:19 / 20
counts <- steps_to_reach(
  "anisotropic_paraboloid", ravine_start, "momentum", 200,
  lr = rates, momentum = momenta
)
show_best(counts, "momentum")

# %% map-picture
title <- "Momentum in the ravine (R)"
pictures <- lapply(c(light = "light", dark = "dark"), function(theme) {
  plot_steps(counts, title, theme)
})

# %% map-check
best <- counts[which.min(counts$steps), ]
path <- descend(
  "anisotropic_paraboloid", ravine_start, "momentum", 200,
  lr = best$lr, momentum = best$momentum
)
alone <- max(path$step[path$value >= -4.99]) + 1
cat(sprintf(
  "the best cell: %.0f steps on the map, %.0f steps of descend()\n",
  best$steps, alone
))
text <- "momentum %.1f, lr from 0.02 to 0.5: %3s to %3s steps\n"
for (momentum in c(0, 0.3, 0.6, 0.9)) {
  row <- counts[counts$momentum == momentum & counts$lr > 0.02 & counts$lr < 0.5, ]
  cat(sprintf(text, momentum, tolower(min(row$steps)), tolower(max(row$steps))))
}

# %% edge
# On the map, and by the formula 2 (1 + m) / L with L = 4.
fine <- 1:259 / 200
chosen <- c(0, 0.1, 0.2, 0.4, 0.6)
counts <- steps_to_reach(
  "anisotropic_paraboloid", ravine_start, "momentum", 600,
  lr = fine, momentum = chosen
)
text <- "momentum %.1f   largest rate that arrives %.3f   bound %.3f\n"
for (m in chosen) {
  arrived <- counts$lr[counts$momentum == m & counts$status == "reached"]
  cat(sprintf(text, m, max(arrived), 2 * (1 + m) / 4))
}

# %% map-adam
rates <- 10^(0:36 / 12 - 2)
counts <- steps_to_reach(
  "anisotropic_paraboloid", ravine_start, "adam", 200,
  lr = rates, beta1 = momenta
)
show_best(counts, "beta1")
for (beta1 in c(0, 0.3, 0.5, 0.7, 0.9)) {
  row <- counts[counts$beta1 == beta1, ]
  best <- row[which.min(row$steps), ]
  cat(sprintf("beta1 %.1f   fewest steps %3.0f, with lr %.3f\n", beta1, best$steps, best$lr))
}

# %% map-adam-picture
title <- "Adam in the ravine (R)"
pictures <- lapply(c(light = "light", dark = "dark"), function(theme) {
  plot_steps(counts, title, theme)
})

# %% map-rosenbrock
rates <- 10^(0:27 / 16 - 4)
counts <- steps_to_reach(
  "rosenbrock", c(-1.5, 2), "momentum", 1200,
  lr = rates, momentum = c(momenta, 0.98)
)
show_best(counts, "momentum")
# The cell with the fewest steps, and those around it.
best <- counts[which.min(counts$steps), ]
near <- abs(counts$momentum - best$momentum) < 0.06 & abs(counts$lr / best$lr - 1) < 0.2
around <- counts[near, ]
for (momentum in unique(around$momentum)) {
  steps <- around$steps[around$momentum == momentum]
  cells <- ifelse(steps <= 1200, sprintf("%8.0f", steps), "       .")
  cat(sprintf("momentum %.2f", momentum), cells, "\n", sep = "")
}

# %% map-rosenbrock-picture
title <- "Momentum on Rosenbrock's function (R)"
pictures <- lapply(c(light = "light", dark = "dark"), function(theme) {
  plot_steps(counts, title, theme)
})

# %% solution-1
rates <- 10^(0:26 / 12 - 2)
counts <- steps_to_reach(
  "anisotropic_paraboloid", ravine_start, "nesterov", 200,
  lr = rates, momentum = momenta
)
show_best(counts, "momentum")
text <- "momentum %.1f   fewest steps %3.0f   largest rate %.3f\n"
for (momentum in c(0, 0.3, 0.6, 0.9)) {
  arrived <- counts[counts$momentum == momentum & counts$status == "reached", ]
  cat(sprintf(text, momentum, min(arrived$steps), max(arrived$lr)))
}

# %% solution-1-picture
title <- "Nesterov's method in the ravine (R)"
pictures <- lapply(c(light = "light", dark = "dark"), function(theme) {
  plot_steps(counts, title, theme)
})

# %% solution-2
# Starts on a grid of 20 by 20 over Rastrigin's window,
# all at once: the rules do not mind the shape.
line <- 0:19 * 0.25 - 2.375
grid <- torch_stack(list(
  torch_tensor(rep(line, each = 20), dtype = torch_float64()),
  torch_tensor(rep(line, 20), dtype = torch_float64())
), dim = 2)
rastrigin <- get_surface("rastrigin")
settings <- list(
  list("sgd", lr = 0.004),
  list("momentum", lr = 0.002, momentum = 0.9),
  list("momentum", lr = 0.004, momentum = 0.95),
  list("adagrad", lr = 1),
  list("rmsprop", lr = 0.03),
  list("adam", lr = 0.1),
  list("adam", lr = 0.5)
)
for (setting in settings) {
  optimizer <- setting[[1]]
  hyper <- setting[-1]
  x <- grid$clone()
  state <- list()
  for (step in 1:300) {
    x$requires_grad_()
    g <- autograd_grad(rastrigin(x)$sum(), list(x))[[1]]
    with_no_grad({
      made <- do.call(UPDATE_RULES[[optimizer]], c(list(x, g, state), hyper))
    })
    x <- made$x
    state <- made$state
  }
  found <- sum(as_array(rastrigin(x)) < 0.5)
  cat(sprintf(
    "%-8s lr %.3f   %3d of 400 starts end at the lowest minimum\n",
    optimizer, hyper$lr, found
  ))
}

# %% solution-3
# On the ridge, with a little noise on the gradient.
for (noise in c(0, 0.000001, 0.001, 0.1)) {
  path <- descend("saddle", c(1, 0), "sgd", steps = 200, lr = 0.1, noise = noise, seed = 1)
  away <- path$step[abs(path$x2) > 1]
  shown <- if (length(away)) sprintf("%d steps", away[1]) else "never"
  cat(sprintf("noise %.6f   %s\n", noise, shown))
}
