# All together: every optimizer on every surface. Run it from the project's folder, as a script or as a
# notebook.

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
value_at <- function(surface, point) surface(torch_tensor(point, dtype = torch_float64()))$item()

lowest <- list()
for (name in names(starts)) {
  surface <- get_surface(name)
  start <- starts[[name]]
  lowest[[name]] <- value_at(surface, attr(surface, "minima")[[1]])
  height <- value_at(surface, start) - lowest[[name]]
  cat(sprintf("%-22s   from (%4.1f, %4.1f)   %10.4f above the minimum\n", name, start[1], start[2], height))
}

# %% one-rate
# How high above the minimum a path ends, or that it has not come to rest in the window.
end_of <- function(path, surface) {
  window <- attr(get_surface(surface), "window")
  x1 <- tail(path$x1, 1)
  x2 <- tail(path$x2, 1)
  last <- tail(path$value, 10)
  inside <- window[1] <= x1 && x1 <= window[2] && window[3] <= x2 && x2 <= window[4]
  if (attr(path, "status") != "finished" || !inside || max(last) - min(last) > 1) {
    return("wild")
  }
  height <- last[10] - lowest[[surface]]
  if (height >= 0.0001) sprintf("%.4f", height) else "there"
}

for (lr in c(0.001, 0.01, 0.1)) {
  cat(sprintf("%-22s", sprintf("lr %.3f", lr)), sprintf("%9s", optimizers), "\n", sep = "")
  for (surface in names(starts)) {
    ends <- vapply(optimizers, function(name) {
      path <- descend(surface, starts[[surface]], name, steps = 200, lr = lr)
      sprintf("%9s", end_of(path, surface))
    }, "")
    cat(sprintf("%-22s", surface), ends, "\n", sep = "")
  }
}

# %% at-once
# After how many steps the value is within 0.01 of the bottom for good, for all settings at once.
#
# The hyperparameters are tensors of shape (n, 1, 1) or (1, m, 1), or numbers; the result has shape (n, m).
# Where the value is not there after the last step, it is that step's number plus 1.
steps_to_stay <- function(surface, start, optimizer, steps, bottom, ...) {
  rule <- UPDATE_RULES[[optimizer]]
  state <- list()
  hyper <- list(...)
  shapes <- lapply(Filter(Negate(is.numeric), hyper), dim)
  n <- max(sapply(shapes, `[`, 1))
  m <- max(sapply(shapes, `[`, 2))
  x <- torch_tensor(start, dtype = torch_float64())$`repeat`(c(n, m, 1))
  count <- torch_zeros(n, m, dtype = torch_float64())
  for (step in 0:steps) {
    x$requires_grad_()
    value <- surface(x)
    # What is no number is not below anything, so it counts as not there.
    there <- (value - bottom) < 0.01
    count <- torch_where(there, count, torch_full_like(count, step + 1))
    g <- autograd_grad(value$sum(), list(x))[[1]]
    with_no_grad({
      made <- do.call(rule, c(list(x, g, state), hyper))
    })
    x <- made$x
    state <- made$state
  }
  as_array(count)
}

# Values as a tensor of shape (n, 1, 1): they go down the rows of a map.
down <- function(values) torch_tensor(values, dtype = torch_float64())$reshape(c(-1, 1, 1))

# Values as a tensor of shape (1, m, 1): they go across the columns of a map.
across <- function(values) torch_tensor(values, dtype = torch_float64())$reshape(c(1, -1, 1))

# %% best-rate
# 33 rates from 0.001 to 10, evenly spaced on a logarithmic scale.
rates <- 10^(0:32 / 8 - 3)
# AdamW pulls towards the origin, which happens to be where some of these minima are. So it takes no part.
judged <- optimizers[1:6]
cat(strrep(" ", 22), sprintf("%12s", judged), "\n", sep = "")
for (name in names(starts)) {
  row <- vapply(judged, function(optimizer) {
    surface <- get_surface(name)
    counts <- steps_to_stay(surface, starts[[name]], optimizer, 200, lowest[[name]], lr = down(rates))
    if (min(counts) > 200) "." else sprintf("%3.0f (%.3f)", min(counts), rates[which.min(counts)])
  }, "")
  cat(sprintf("%-22s", name), sprintf("%12s", row), "\n", sep = "")
}

# %% saddle
cat("x2 at the start", sprintf("%9s", optimizers), "\n", sep = "")
for (x2 in c(0.1, 0.001, 0.000001, 0)) {
  row <- vapply(optimizers, function(optimizer) {
    path <- descend("saddle", c(1, x2), optimizer, steps = 200, lr = 0.1)
    away <- path$step[abs(path$x2) > 1]
    if (length(away)) sprintf("%9d", away[1]) else sprintf("%9s", "never")
  }, "")
  cat(sprintf("%15.6f", x2), row, "\n", sep = "")
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
  function(x) (x[, , 1]^2 + x[, , 2]^2 * steepness) * 0.5
}

rates <- 10^(0:96 / 16 - 4)
cat("condition", sprintf("%9s", judged), "\n", sep = "")
for (steepness in c(10, 100, 1000)) {
  row <- vapply(judged, function(optimizer) {
    counts <- steps_to_stay(ravine(steepness), c(5, 1), optimizer, 400, 0, lr = down(rates))
    if (min(counts) <= 400) sprintf("%9.0f", min(counts)) else sprintf("%9s", ".")
  }, "")
  cat(sprintf("%9.0f", steepness), row, "\n", sep = "")
}

# %% turned
# The same ravine, turned by 45 degrees.
turned <- function(steepness) {
  half <- 0.5^0.5
  function(x) {
    (((x[, , 1] + x[, , 2]) * half)^2 + ((x[, , 1] - x[, , 2]) * half)^2 * steepness) * 0.5
  }
}

half <- 0.5^0.5
settings <- list(
  "along the axes" = list(ravine(100), c(5, 1)),
  "turned" = list(turned(100), c(6 * half, 4 * half))
)
cat(strrep(" ", 15), sprintf("%9s", judged), "\n", sep = "")
for (name in names(settings)) {
  surface <- settings[[name]][[1]]
  start <- settings[[name]][[2]]
  row <- vapply(judged, function(optimizer) {
    fewest <- min(steps_to_stay(surface, start, optimizer, 400, 0, lr = down(rates)))
    if (fewest <= 400) sprintf("%9.0f", fewest) else sprintf("%9s", ".")
  }, "")
  cat(sprintf("%-15s", name), row, "\n", sep = "")
}

# %% map
# Prints a map: a row for each rate, a column for each value of the other hyperparameter.
show_map <- function(counts, steps, rows, columns) {
  cat("    lr", sprintf("%6.2f", columns), "\n", sep = "")
  for (i in seq_along(rows)) {
    entries <- ifelse(counts[i, ] <= steps, sprintf("%6.0f", counts[i, ]), "     .")
    cat(sprintf("%6.4f", rows[i]), entries, "\n", sep = "")
  }
}

surface <- get_surface("anisotropic_paraboloid")
rates <- c(0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.45, 0.48, 0.52, 0.6, 0.7, 0.8, 0.9)
momenta <- c(0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
counts <- steps_to_stay(
  surface, c(5.1, 2.3), "momentum", 200, -5,
  lr = down(rates), momentum = across(momenta)
)
show_map(counts, 200, rates, momenta)

# %% map-check
path <- descend("anisotropic_paraboloid", c(5.1, 2.3), "momentum", steps = 200, lr = 0.3, momentum = 0.4)
alone <- max(path$step[path$value > -4.99]) + 1
cat(sprintf("lr 0.30, momentum 0.40: %.0f steps on the map, %.0f steps of descend()\n", counts[5, 5], alone))
cat(sprintf("%d runs of 200 steps, fewest steps %.0f\n", length(counts), min(counts)))

# %% edge
# On the map, and by the formula 2 (1 + m) / L with L = 4.
fine <- 1:259 / 200
chosen <- c(0, 0.1, 0.2, 0.4, 0.6)
counts <- steps_to_stay(
  surface, c(5.1, 2.3), "momentum", 600, -5,
  lr = down(fine), momentum = across(chosen)
)
for (j in seq_along(chosen)) {
  m <- chosen[j]
  arrived <- fine[counts[, j] <= 600]
  cat(sprintf(
    "momentum %.1f   largest rate that arrives %.3f   bound %.3f\n",
    m, max(arrived), 2 * (1 + m) / 4
  ))
}

# %% map-adam
rates <- c(0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6)
betas <- c(0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
counts <- steps_to_stay(
  surface, c(5.1, 2.3), "adam", 200, -5,
  lr = down(rates), beta1 = across(betas)
)
show_map(counts, 200, rates, betas)

# %% map-rosenbrock
rates <- c(0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005)
momenta <- c(0, 0.5, 0.8, 0.9, 0.95, 0.98)
surface <- get_surface("rosenbrock")
counts <- steps_to_stay(
  surface, c(-1.5, 2), "momentum", 1200, 0,
  lr = down(rates), momentum = across(momenta)
)
show_map(counts, 1200, rates, momenta)

# %% solution-1
surface <- get_surface("anisotropic_paraboloid")
rates <- c(0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.45, 0.48, 0.52, 0.6)
momenta <- c(0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
counts <- steps_to_stay(
  surface, c(5.1, 2.3), "nesterov", 200, -5,
  lr = down(rates), momentum = across(momenta)
)
show_map(counts, 200, rates, momenta)

# %% solution-2
# Starts on a grid of 20 by 20 over Rastrigin's window, all at once: the rules do not mind the shape.
line <- 0:19 * 0.25 - 2.375
grid <- torch_tensor(cbind(rep(line, each = 20), rep(line, 20)), dtype = torch_float64())
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
  cat(sprintf("%-8s lr %.3f   %3d of 400 starts end at the lowest minimum\n", optimizer, hyper$lr, found))
}

# %% solution-3
# On the ridge, with a little noise on the gradient.
for (noise in c(0, 0.000001, 0.001, 0.1)) {
  path <- descend("saddle", c(1, 0), "sgd", steps = 200, lr = 0.1, noise = noise, seed = 1)
  away <- path$step[abs(path$x2) > 1]
  shown <- if (length(away)) sprintf("%d steps", away[1]) else "never"
  cat(sprintf("noise %.6f   %s\n", noise, shown))
}
