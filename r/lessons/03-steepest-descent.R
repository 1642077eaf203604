# Steepest descent: how far a step may go. Run it from the
# project's folder, as a script or as a notebook.

# %% start
suppressPackageStartupMessages(library(gradpath))

# The value of a round bowl at x.
bowl <- function(x) x[1]^2 * 0.2 + x[2]^2 * 0.2 - 5

# The value of a ravine at x: ten times steeper along x2 than along x1.
ravine <- function(x) x[1]^2 * 0.2 + x[2]^2 * 2 - 5

# Prints one point of a path.
show_point <- function(step, x, value) {
  x <- as.numeric(x)
  cat(sprintf("step %2d   x1 %9.6f   x2 %9.6f   value %9.6f\n", step, x[1], x[2], value$item()))
}

# %% rule
lr <- 1.0
x <- torch_tensor(c(6, 6), dtype = torch_float64(), requires_grad = TRUE)
by_hand <- NULL
for (step in 0:14) {
  value <- bowl(x)
  by_hand <- rbind(by_hand, as.numeric(x))
  if (step <= 4 || step == 14) {
    show_point(step, x, value)
  }
  value$backward()
  with_no_grad({
    x$sub_(x$grad * lr)
  })
  x$grad$zero_()
}

# %% object
x <- torch_tensor(c(6, 6), dtype = torch_float64(), requires_grad = TRUE)
opt <- optim_sgd(list(x), lr = 1.0)
by_object <- NULL
for (step in 0:14) {
  value <- bowl(x)
  by_object <- rbind(by_object, as.numeric(x))
  if (step == 14) {
    show_point(step, x, value)
  }
  opt$zero_grad()
  value$backward()
  opt$step()
}

# %% descend
start <- c(6, 6)
manual <- descend(
  "isotropic_paraboloid", start,
  optimizer = "sgd", steps = 14, method = "manual", lr = 1.0
)
optim <- descend(
  "isotropic_paraboloid", start,
  optimizer = "sgd", steps = 14, method = "optim", lr = 1.0
)
cat(sprintf("manual  ends at (%.12f, %.12f)\n", manual$x1[15], manual$x2[15]))
cat(sprintf("optim   ends at (%.12f, %.12f)\n", optim$x1[15], optim$x2[15]))

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

# %% one-step
one <- descend("isotropic_paraboloid", start, optimizer = "sgd", steps = 1, lr = 2.5)
for (k in 1:2) {
  x1 <- abs(one$x1[k])
  cat(sprintf(
    "step %d   |x1| %.6f   |x2| %.6f   value %.6f\n",
    k - 1, x1, abs(one$x2[k]), one$value[k]
  ))
}

# %% plot-bowl
figure <- plot_paths(list(manual, one), labels = c("lr 1.0", "lr 2.5"))

# %% curvature
# The gradient of a quadratic bowl grows in proportion to the distance
# from its minimum. Along an axis, the factor is the curvature there; at
# distance 1 it can be read off the gradient itself.
x <- torch_tensor(c(1, 1), dtype = torch_float64(), requires_grad = TRUE)
value <- ravine(x)
value$backward()
flat <- as.numeric(x$grad)[1]
steep <- as.numeric(x$grad)[2]
cat(sprintf("curvature along x1: %.1f, along x2: %.1f\n", flat, steep))
cat(sprintf("condition number %.0f\n", steep / flat))
cat(sprintf(
  "bound on the learning rate, 2 / L: %.2f for both, %.2f if there were x1 alone\n",
  2 / steep, 2 / flat
))
best <- 2 / (flat + steep)
cat(sprintf(
  "best rate, 2 / (L + mu): %.4f, with factors %.4f and %.4f\n",
  best, 1 - best * flat, 1 - best * steep
))

# %% rates
# One step multiplies x1 by 1 - lr * 0.4, and x2 by 1 - lr * 4.
ravine_start <- c(5.1, 2.3)
for (lr in c(0.05, 0.2, 0.4, 0.495, 0.51)) {
  path <- descend(
    "anisotropic_paraboloid", ravine_start,
    optimizer = "sgd", steps = 40, lr = lr
  )
  factors <- sprintf("x1 by %6.3f, x2 by %6.3f", 1 - lr * flat, 1 - lr * steep)
  cat(sprintf(
    "lr %5.3f   a step multiplies %s   value after 40 steps %9.5f\n",
    lr, factors, path$value[41]
  ))
}

# %% edge
for (lr in c(0.499, 0.5, 0.501)) {
  path <- descend(
    "anisotropic_paraboloid", ravine_start,
    optimizer = "sgd", steps = 500, lr = lr
  )
  x2 <- abs(path$x2)
  cat(sprintf("lr %.3f   |x2| at the start %.3f, after 500 steps %7.3f\n", lr, x2[1], x2[501]))
}

# %% zig-zag
path <- descend(
  "anisotropic_paraboloid", ravine_start,
  optimizer = "sgd", steps = 200, lr = 0.495
)
for (step in c(0, 1, 2, 3, 20, 21, 172, 173)) {
  at <- path[step + 1, ]
  cat(sprintf("step %3d   x1 %9.6f   x2 %9.6f   value %9.6f\n", step, at$x1, at$x2, at$value))
}
reached <- path$step[which(path$value <= -4.99)[1]]
cat(sprintf("the value first reaches -4.99 at step %d\n", reached))

# %% plot-ravine
paths <- Map(
  function(lr, steps) {
    descend("anisotropic_paraboloid", ravine_start, "sgd", steps = steps, lr = lr)
  },
  c(0.4, 0.495, 0.51), c(40, 21, 8)
)
figure <- plot_paths(paths, labels = c("lr 0.4", "lr 0.495", "lr 0.51"))

# %% parabola
# y = 4 x^2 has the gradient 8 x, so a step multiplies x by 1 - 8 lr.
for (lr in c(0.1, 0.125, 0.2, 0.25, 0.3)) {
  x <- torch_tensor(1, dtype = torch_float64(), requires_grad = TRUE)
  walk <- character()
  for (step in 1:7) {
    walk <- c(walk, sprintf("%9.5f", x$item()))
    y <- x^2 * 4
    y$backward()
    with_no_grad({
      x$sub_(x$grad * lr)
    })
    x$grad$zero_()
  }
  cat(sprintf("lr %.3f:%s\n", lr, paste(walk, collapse = "")))
}

# %% parabola-slow-motion
lr <- 0.3
x <- torch_tensor(1, dtype = torch_float64(), requires_grad = TRUE)
for (step in 1:5) {
  y <- x^2 * 4
  y$backward()
  before <- x$item()
  slope <- x$grad$item()
  with_no_grad({
    x$sub_(x$grad * lr)
  })
  x$grad$zero_()
  cat(sprintf(
    "x %7.4f   y %8.4f   slope %9.4f   step %8.4f   to %7.4f\n",
    before, y$item(), slope, -lr * slope, x$item()
  ))
}

# %% scenes
# Descends a curve of one variable; returns the points,
# and the slopes that the steps were made from.
walk_down <- function(curve, x, lr, steps, noise = 0) {
  x <- torch_tensor(x, dtype = torch_float64(), requires_grad = TRUE)
  points <- x$item()
  slopes <- numeric()
  for (step in seq_len(steps)) {
    y <- curve(x)
    y$backward()
    with_no_grad({
      slope <- x$grad + torch_randn(1, dtype = torch_float64()) * noise
      x$sub_(slope * lr)
    })
    x$grad$zero_()
    points <- c(points, x$item())
    slopes <- c(slopes, slope$item())
  }
  list(points = points, slopes = slopes)
}

# Prints the first, the fifth and the last slope of a walk, and where it ends.
show_walk <- function(name, walk) {
  slopes <- walk$slopes[c(1, 5, length(walk$slopes))]
  end <- walk$points[length(walk$points)]
  cat(sprintf(
    "%-9s  slopes %.2e, %.2e ... %.2e   ends at x = %.4e\n",
    name, slopes[1], slopes[2], slopes[3], end
  ))
}

# %% scene-good
good <- walk_down(function(x) x^2, 3, lr = 0.1, steps = 40)
show_walk("good", good)

# %% scene-noisy
torch_manual_seed(1)
noisy <- walk_down(function(x) x^2, 3, lr = 0.1, steps = 40, noise = 2)
show_walk("noisy", noisy)
late <- noisy$points[22:41]
cat(sprintf("over its last 20 points it wanders between %.3f and %.3f\n", min(late), max(late)))

# %% scene-exploding
exploding <- walk_down(function(x) x^4, 3, lr = 0.1, steps = 5)
show_walk("exploding", exploding)

# %% scene-vanishing
vanishing <- walk_down(function(x) torch_sigmoid(x), 12, lr = 0.1, steps = 200)
show_walk("vanishing", vanishing)
cat(sprintf("after 200 steps it has moved by %.6f\n", 12 - vanishing$points[201]))

# %% scenes-picture
curves <- list(function(x) x^2, function(x) x^2, function(x) x^4, function(x) torch_sigmoid(x))
walks <- list(good$points, noisy$points, exploding$points, vanishing$points)
windows <- list(c(-3.5, 3.5), c(-3.5, 3.5), c(-9, 9), c(-16, 16))
labels <- c("good", "noisy", "exploding", "vanishing")
title <- "Four scenes (R)"
pictures <- lapply(c(light = "light", dark = "dark"), function(theme) {
  plot_walks(curves, walks, windows, labels, title, theme)
})

# %% solution-1
# Which rate is best for the ravine? Count the steps to -4.99 for many.
hundredths <- 30:49
counts <- sapply(hundredths, function(h) {
  path <- descend("anisotropic_paraboloid", ravine_start, "sgd", steps = 200, lr = h / 100)
  path$step[which(path$value <= -4.99)[1]]
})
for (h in c(30, 35, 40, 42, 43, 44, 45, 46, 48, 49)) {
  cat(sprintf("lr %.2f   %3d steps\n", h / 100, counts[hundredths == h]))
}
cat(sprintf(
  "fewest: %d steps, first at lr %.2f\n",
  min(counts), hundredths[which.min(counts)] / 100
))

# %% solution-2
# On the axis x2 = 0 nothing pulls along x2, and only the
# curvature of x1 sets a bound: 2 / 0.4 = 5.
for (lr in c(0.51, 2.5, 4.9, 5.1)) {
  path <- descend("anisotropic_paraboloid", c(5.1, 0), "sgd", steps = 50, lr = lr)
  cat(sprintf(
    "lr %.2f   |x1| after 50 steps %10.6f   x2 %.6f\n",
    lr, abs(path$x1[51]), abs(path$x2[51])
  ))
}

# %% solution-3
# Halve the rate until a step lowers the value by at least
# a share of what the slope promises, lr |g|^2.
for (share in c(0, 0.5)) {
  lr <- 4
  x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
  for (step in 1:40) {
    value <- ravine(x)
    value$backward()
    with_no_grad({
      g <- x$grad
      promise <- (g * g)$sum()$item() * share
      while (ravine(x - g * lr)$item() > value$item() - promise * lr) {
        lr <- lr / 2
      }
      x$sub_(g * lr)
    })
    x$grad$zero_()
  }
  cat(sprintf(
    "share %.1f   ends with lr %.3f   value after 40 steps %.6f\n",
    share, lr, ravine(x)$item()
  ))
}
