# Momentum: a step that remembers. Run it from the
# project's folder, as a script or as a notebook.

# %% start
suppressPackageStartupMessages(library(gradpath))

# The value of a ravine at x: ten times steeper along x2 than along x1.
ravine <- function(x) x[1]^2 * 0.2 + x[2]^2 * 2 - 5

# Prints one point of a path.
show_point <- function(step, x, value) {
  x <- as.numeric(x)
  cat(sprintf("step %2d   x1 %9.6f   x2 %9.6f   value %9.6f\n", step, x[1], x[2], value$item()))
}

# %% rule
lr <- 0.5
momentum <- 0.1
x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
v <- torch_zeros(2, dtype = torch_float64())
by_hand <- NULL
for (step in 0:18) {
  value <- ravine(x)
  by_hand <- rbind(by_hand, as.numeric(x))
  if (step <= 4 || step == 18) {
    show_point(step, x, value)
  }
  value$backward()
  with_no_grad({
    v <- v * momentum + x$grad
    x$sub_(v * lr)
  })
  x$grad$zero_()
}

# %% object
x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
opt <- optim_sgd(list(x), lr = 0.5, momentum = 0.1)
by_object <- NULL
for (step in 0:18) {
  value <- ravine(x)
  by_object <- rbind(by_object, as.numeric(x))
  if (step == 18) {
    show_point(step, x, value)
  }
  opt$zero_grad()
  value$backward()
  opt$step()
}

# %% descend
manual <- descend(
  "anisotropic_paraboloid",
  start = c(5.1, 2.3),
  optimizer = "momentum",
  steps = 18,
  method = "manual",
  lr = 0.5,
  momentum = 0.1
)
optim <- descend(
  "anisotropic_paraboloid",
  start = c(5.1, 2.3),
  optimizer = "momentum",
  steps = 18,
  method = "optim",
  lr = 0.5,
  momentum = 0.1
)
cat(sprintf("manual  ends at (%.12f, %.12f)\n", manual$x1[19], manual$x2[19]))
cat(sprintf("optim   ends at (%.12f, %.12f)\n", optim$x1[19], optim$x2[19]))

# %% comparison
# The largest difference between points and a path, in any coordinate.
difference <- function(points, path) {
  max(abs(as.matrix(points) - as.matrix(path[c("x1", "x2")])))
}

cat(sprintf("written out, against descend() by hand:  %.12f\n", difference(by_hand, manual)))
cat(sprintf("the object, against descend() by optim:  %.12f\n", difference(by_object, optim)))
cat(sprintf(
  "descend() by optim, against by hand:     %.12f\n",
  difference(optim[c("x1", "x2")], manual)
))

# %% plot
sgd <- descend("anisotropic_paraboloid", c(5.1, 2.3), "sgd", steps = 40, lr = 0.4)
figure <- plot_paths(list(sgd, optim), labels = c("sgd, lr 0.4", "momentum 0.1, lr 0.5"))

# %% one-rate
# The same rate for both. What momentum 0.2 adds to the slope is what it remembers.
velocity <- c(0, 0)
one_rate <- descend(
  "anisotropic_paraboloid", c(5.1, 2.3), "momentum",
  steps = 12, lr = 0.45, momentum = 0.2
)
plain <- descend("anisotropic_paraboloid", c(5.1, 2.3), "sgd", steps = 18, lr = 0.45)
for (step in 0:5) {
  here <- one_rate[step + 1, ]
  there <- plain[step + 1, ]
  g <- c(here$x1 * 0.4, here$x2 * 4)
  memory <- velocity * 0.2
  velocity <- memory + g
  cat(sprintf(
    paste0(
      "step %d   sgd (%.2f, %5.2f)   momentum (%.2f, %5.2f)   ",
      "slope (%.2f, %5.2f)   memory (%.2f, %5.2f)\n"
    ),
    step, there$x1, there$x2, here$x1, here$x2, g[1], g[2], memory[1], memory[2]
  ))
}

# %% same-rate
# The first step at which a path's value is down to the goal, or a dash.
steps_to <- function(path, goal) {
  reached <- path$step[path$value <= goal]
  if (length(reached)) as.character(reached[1]) else "-"
}

settings <- list(
  list("sgd", lr = 0.45),
  list("momentum", lr = 0.45, momentum = 0.2),
  list("sgd", lr = 0.45 / (1 - 0.2))
)
for (setting in settings) {
  hyper <- setting[-1]
  call <- list("anisotropic_paraboloid", c(5.1, 2.3), setting[[1]], steps = 60)
  path <- do.call(descend, c(call, hyper))
  shown <- paste(sprintf("%s %.4f", names(hyper), unlist(hyper)), collapse = ", ")
  cat(sprintf("%-8s %-26s   steps to -4.99: %s\n", setting[[1]], shown, steps_to(path, -4.99)))
}

# %% weights
# An exponentially weighted average gives the value that
# is k steps old the weight (1 - beta) beta^k.
for (beta in c(0.5, 0.9, 0.98)) {
  weights <- (1 - beta) * beta^(0:999)
  first <- paste(sprintf("%.4f", weights[1:5]), collapse = "  ")
  cat(sprintf("beta %.2f   weights %s ...   sum of 1000: %.4f\n", beta, first, sum(weights)))
}

# %% effective-length
for (beta in c(0.5, 0.9, 0.98)) {
  length <- 1 / (1 - beta)
  weights <- (1 - beta) * beta^(0:999)
  mean_age <- sum(weights * 0:999)
  newest <- sum(weights[1:round(length)])
  cat(sprintf(
    paste0(
      "beta %.2f   effective length %4.1f   mean age %5.2f steps   ",
      "the newest %2d values weigh %.3f\n"
    ),
    beta, length, mean_age, round(length), newest
  ))
}

# %% first-steps
# The average of a series that is always 10, started at zero: far too small at first.
for (beta in c(0.5, 0.9, 0.98)) {
  average <- 0
  shown <- character()
  for (t in 1:50) {
    average <- average * beta + 10 * (1 - beta)
    if (t %in% c(1, 2, 5, 10, 20, 50)) {
      shown <- c(shown, sprintf("%6.3f (%.3f)", average, average / (1 - beta^t)))
    }
  }
  cat(sprintf("beta %.2f   %s\n", beta, paste(shown, collapse = "  ")))
}

# %% velocity
# PyTorch's v is no average but a sum: its weights are beta^k, without the factor 1 - beta.
for (beta in c(0.1, 0.5, 0.9)) {
  v <- 0
  for (step in 1:200) {
    v <- v * beta + 1
  }
  cat(sprintf("momentum %.1f   a constant gradient of 1 ends as a velocity of %.4f\n", beta, v))
}

# %% conventions
# Runs both conventions: lr inside the velocity as in the literature, or outside as in PyTorch.
heavy_ball <- function(rates, momentum, inside) {
  x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
  v <- torch_zeros(2, dtype = torch_float64())
  points <- as.numeric(x)
  for (lr in rates) {
    value <- ravine(x)
    value$backward()
    with_no_grad({
      if (inside) {
        v <- v * momentum + x$grad * lr
        x$sub_(v)
      } else {
        v <- v * momentum + x$grad
        x$sub_(v * lr)
      }
    })
    x$grad$zero_()
    points <- rbind(points, as.numeric(x))
  }
  points
}

constant <- rep(0.3, 12)
drops <- c(rep(0.3, 4), rep(0.03, 8))
schedules <- list("constant lr" = constant, "lr drops after step 4" = drops)
for (name in names(schedules)) {
  inside <- heavy_ball(schedules[[name]], 0.8, TRUE)
  outside <- heavy_ball(schedules[[name]], 0.8, FALSE)
  cat(sprintf("%-21s   largest difference %.6f\n", name, max(abs(inside - outside))))
}

# %% conventions-steps
for (step in 2:8) {
  at <- step + 1
  cat(sprintf(
    "step %d   x1: lr inside %9.6f   lr outside %9.6f\n",
    step, inside[at, 1], outside[at, 1]
  ))
}

# %% gain
settings <- list(
  list("sgd", lr = 0.4),
  list("momentum", lr = 0.5, momentum = 0.1),
  list("momentum", lr = 0.577, momentum = 0.27)
)
for (setting in settings) {
  hyper <- setting[-1]
  call <- list("anisotropic_paraboloid", c(5.1, 2.3), setting[[1]], steps = 60)
  path <- do.call(descend, c(call, hyper))
  shown <- paste(sprintf("%s %.3f", names(hyper), unlist(hyper)), collapse = ", ")
  cat(sprintf("%-9s %-25s %3s steps to -4.99\n", setting[[1]], shown, steps_to(path, -4.99)))
}

# %% best-ball
# Polyak's best lr and momentum for curvatures mu (flat) and L (steep).
flat <- 0.4
steep <- 4
best_lr <- 4 / (steep^0.5 + flat^0.5)^2
best_momentum <- ((steep^0.5 - flat^0.5) / (steep^0.5 + flat^0.5))^2
cat(sprintf("lr %.4f, momentum %.4f\n", best_lr, best_momentum))
best_factor <- (steep - flat) / (steep + flat)
cat(sprintf("steepest descent at its best shrinks the error by %.4f a step\n", best_factor))
cat(sprintf(
  "the heavy ball at its best, in the long run, by   %.4f a step\n",
  best_momentum^0.5
))

# %% nesterov
lr <- 0.3
momentum <- 0.4
x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
v <- torch_zeros(2, dtype = torch_float64())
for (step in 0:10) {
  value <- ravine(x)
  if (step <= 3 || step == 10) {
    show_point(step, x, value)
  }
  value$backward()
  with_no_grad({
    v <- v * momentum + x$grad
    x$sub_((x$grad + v * momentum) * lr)
  })
  x$grad$zero_()
}

# %% look-ahead
# The form of the papers: look ahead along the velocity, and take the gradient there.
y <- torch_tensor(c(5.1, 2.3), dtype = torch_float64())
v <- torch_zeros(2, dtype = torch_float64())
for (step in 0:10) {
  ahead <- (y + v * momentum)$requires_grad_(TRUE)
  value <- ravine(ahead)
  if (step <= 3 || step == 10) {
    show_point(step, ahead, value)
  }
  value$backward()
  with_no_grad({
    v <- v * momentum - ahead$grad * lr
    y <- y + v
  })
}

# %% nesterov-object
path <- descend(
  "anisotropic_paraboloid", c(5.1, 2.3), "nesterov",
  steps = 10, method = "optim", lr = 0.3, momentum = 0.4
)
cat(sprintf(
  "the object ends at (%.6f, %.6f), value %.6f\n",
  path$x1[11], path$x2[11], path$value[11]
))

# %% bounds
# How far the rate may go on curvature L: 2 / L, 2 (1 + m) / L, and 2 (1 + m) / ((1 + 2 m) L).
m <- 0.1
limits <- c(
  sgd = 2 / steep,
  momentum = 2 * (1 + m) / steep,
  nesterov = 2 * (1 + m) / ((1 + 2 * m) * steep)
)
for (name in names(limits)) {
  hyper <- if (name == "sgd") list() else list(momentum = m)
  ends <- character()
  for (lr in limits[[name]] * c(0.99, 1.01)) {
    settings <- list("anisotropic_paraboloid", c(5.1, 2.3), name, steps = 400, lr = lr)
    path <- do.call(descend, c(settings, hyper))
    ends <- c(ends, sprintf("%.3e", path$value[401]))
  }
  cat(sprintf(
    "%-9s bound %.4f   value after 400 steps, 1 %% below and above: %s, %s\n",
    name, limits[[name]], ends[1], ends[2]
  ))
}

# %% solution-1
# A velocity of beta = 0.9 is worth 10 gradients: divide
# lr by 10 and the steps are alike in size.
for (setting in list(c(0.04, 0.0), c(0.04, 0.9), c(0.004, 0.9))) {
  lr <- setting[1]
  m <- setting[2]
  path <- descend(
    "anisotropic_paraboloid", c(5.1, 2.3), "momentum",
    steps = 1000, lr = lr, momentum = m
  )
  cat(sprintf("lr %.3f, momentum %.1f   %3s steps to -4.99\n", lr, m, steps_to(path, -4.99)))
}

# %% solution-2
# Count the steps after which the value is down to -4.99
# for good, over a grid of rates and momenta.
rates <- seq(41, 65, by = 4)
momenta <- seq(9, 45, by = 6)
counts <- matrix(0, length(rates), length(momenta))
for (i in seq_along(rates)) {
  for (j in seq_along(momenta)) {
    path <- descend(
      "anisotropic_paraboloid", c(5.1, 2.3), "momentum",
      steps = 40, lr = rates[i] / 100, momentum = momenta[j] / 100
    )
    counts[i, j] <- max(path$step[path$value > -4.99]) + 1
  }
}
for (i in seq_along(rates)) {
  row <- ifelse(counts[i, ] <= 40, sprintf("%4d", counts[i, ]), "   -")
  cat(sprintf(
    "lr %.2f, momentum 0.09, 0.15, ... 0.45:%s\n",
    rates[i] / 100, paste(row, collapse = "")
  ))
}
cat(sprintf("fewest: %d\n", min(counts)))

# %% solution-3
# The value need not fall at every step: a ball has inertia.
path <- descend(
  "anisotropic_paraboloid", c(5.1, 2.3), "momentum",
  steps = 60, lr = 0.1, momentum = 0.9
)
rises <- sum(diff(path$value) > 0)
cat(sprintf(
  "lr 0.1, momentum 0.9: the value rises at %d of 60 steps, and is %.4f at the end\n",
  rises, path$value[61]
))
