# Adagrad: a rate of its own for every coordinate. Run it
# from the project's folder, as a script or notebook.

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
lr <- 3.7
eps <- 1e-6
x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
s <- torch_zeros(2, dtype = torch_float64())
by_hand <- NULL
for (step in 0:7) {
  value <- ravine(x)
  by_hand <- rbind(by_hand, as.numeric(x))
  show_point(step, x, value)
  value$backward()
  with_no_grad({
    g <- x$grad
    s <- s + g * g
    x$sub_(g * lr / (torch_sqrt(s) + eps))
  })
  x$grad$zero_()
}

# %% object
x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
opt <- optim_adagrad(list(x), lr = 3.7, eps = 1e-6)
by_object <- NULL
for (step in 0:7) {
  value <- ravine(x)
  by_object <- rbind(by_object, as.numeric(x))
  if (step == 7) {
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
  optimizer = "adagrad",
  steps = 7,
  method = "manual",
  lr = 3.7,
  eps = 1e-6
)
optim <- descend(
  "anisotropic_paraboloid",
  start = c(5.1, 2.3),
  optimizer = "adagrad",
  steps = 7,
  method = "optim",
  lr = 3.7,
  eps = 1e-6
)
cat(sprintf("manual  ends at (%.12f, %.12f)\n", manual$x1[8], manual$x2[8]))
cat(sprintf("optim   ends at (%.12f, %.12f)\n", optim$x1[8], optim$x2[8]))

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
figure <- plot_paths(list(sgd, optim), labels = c("sgd, lr 0.4", "adagrad, lr 3.7"))

# %% effective-rate
# What Adagrad multiplies the gradient with at each step of a path, per coordinate.
effective_rates <- function(path, curvatures, lr, eps) {
  g1 <- path$x1 * curvatures[1]
  g2 <- path$x2 * curvatures[2]
  cbind(lr / (sqrt(cumsum(g1 * g1)) + eps), lr / (sqrt(cumsum(g2 * g2)) + eps))
}

rates <- effective_rates(manual, c(0.4, 4), lr = 3.7, eps = 1e-6)
for (step in 0:6) {
  at <- rates[step + 1, ]
  cat(sprintf("step %d   effective rate along x1 %.4f, along x2 %.4f\n", step, at[1], at[2]))
}

# %% balance
# Steepest descent tolerates a rate of 2 / curvature. What share of it does Adagrad use?
for (step in c(0, 1, 2, 6)) {
  share <- rates[step + 1, ] * c(0.4, 4) / 2
  cat(sprintf(
    "step %d   share of the bound along x1 %.3f, along x2 %.3f\n",
    step, share[1], share[2]
  ))
}

# %% scale-free
# Runs Adagrad by hand on a1 x1^2 + a2 x2^2 and returns the last point.
adagrad_on <- function(a1, a2, steps) {
  x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
  s <- torch_zeros(2, dtype = torch_float64())
  for (step in seq_len(steps)) {
    value <- x[1]^2 * a1 + x[2]^2 * a2
    value$backward()
    with_no_grad({
      g <- x$grad
      s <- s + g * g
      x$sub_(g * 3.7 / (torch_sqrt(s) + 1e-6))
    })
    x$grad$zero_()
  }
  as.numeric(x)
}

for (a2 in c(0.2, 2, 200)) {
  end <- adagrad_on(0.2, a2, steps = 7)
  cat(sprintf(
    "0.2 x1^2 + %5.1f x2^2   after 7 steps: x1 %9.6f, x2 %9.6f\n",
    a2, end[1], end[2]
  ))
}

# %% first-step
# The first step divides the gradient by itself: lr in every coordinate, whatever the slope.
for (lr in c(0.1, 1, 3.7)) {
  path <- descend("anisotropic_paraboloid", c(5.1, 2.3), "adagrad", steps = 1, lr = lr)
  moved <- c(path$x1[1] - path$x1[2], path$x2[1] - path$x2[2])
  cat(sprintf("lr %.1f   moves x1 by %.6f, x2 by %.6f\n", lr, moved[1], moved[2]))
}

# %% running-dry
for (lr in c(0.01, 0.4, 1, 3.7)) {
  path <- descend(
    "anisotropic_paraboloid", c(5.1, 2.3), "adagrad",
    steps = 200, lr = lr, eps = 1e-6
  )
  rates <- effective_rates(path, c(0.4, 4), lr = lr, eps = 1e-6)
  first <- path$step[which(path$value <= -4.99)[1]]
  reached <- if (is.na(first)) "not in 200" else sprintf("%3d steps", first)
  cat(sprintf(
    "lr %4.2f   to -4.99: %-10s   effective rate along x2 %.4f at first, %.4f at last\n",
    lr, reached, rates[1, 2], rates[201, 2]
  ))
}

# %% why-slow
# The default rate: are the first squares to blame, or is the rate itself a short distance?
path <- descend(
  "anisotropic_paraboloid", c(5.1, 2.3), "adagrad",
  steps = 200, lr = 0.01, eps = 1e-6
)
g <- path$x1 * 0.4
share <- sum(g[1:5]^2) / sum(g^2)
cat(sprintf("the first five squares are %.1f%% of the sum after 200 steps\n", share * 100))
cat(sprintf("the gradient along x1 has gone from %.4f to %.4f\n", g[1], g[201]))
for (t in c(1, 10, 50, 200)) {
  cat(sprintf(
    "after %3d steps x1 has moved by %.4f; 2 * 0.01 * sqrt(%d) is %.4f\n",
    t, path$x1[1] - path$x1[t + 1], t, 0.02 * t^0.5
  ))
}
cat(sprintf("at this pace, to move by 5.1 takes (5.1 / 0.02)^2 = %.0f steps\n", (5.1 / 0.02)^2))

# %% noise
# With gradients that never vanish, the sum grows without
# end: the effective rate falls like 1 / sqrt(t).
s <- 0
for (t in 1:10000) {
  s <- s + 1
  if (t %in% c(1, 10, 100, 1000, 10000)) {
    cat(sprintf(
      "after %5d gradients of size 1: effective rate %.4f\n",
      t, 3.7 / (s^0.5 + 1e-6)
    ))
  }
}

# %% solution-1
# Adagrad with a sum that does not start at zero: the first steps become shorter.
for (first in c(0, 1, 100)) {
  x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
  opt <- optim_adagrad(list(x), lr = 3.7, eps = 1e-6, initial_accumulator_value = first)
  for (step in 1:7) {
    opt$zero_grad()
    value <- ravine(x)
    value$backward()
    opt$step()
  }
  end <- as.numeric(x)
  cat(sprintf(
    "sum starts at %5.1f   after 7 steps: x1 %9.6f, x2 %9.6f\n",
    first, end[1], end[2]
  ))
}

# %% solution-2
# How many steps to -4.99, over a wide range of lr?
for (lr in c(1, 2, 3.7, 5, 10, 20)) {
  path <- descend(
    "anisotropic_paraboloid", c(5.1, 2.3), "adagrad",
    steps = 60, lr = lr, eps = 1e-6
  )
  reached <- path$step[which(path$value <= -4.99)[1]]
  highest <- max(path$value)
  cat(sprintf("lr %4.1f   %2d steps, highest value on the way %9.3f\n", lr, reached, highest))
}

# %% solution-3
# Turn the ravine by 45 degrees and Adagrad's advantage is
# gone: it scales coordinates, not directions.
for (turned in c(FALSE, TRUE)) {
  x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64())
  if (turned) {
    x <- torch_stack(list(x[1] - x[2], x[1] + x[2])) * 0.5^0.5
  }
  x$requires_grad_(TRUE)
  s <- torch_zeros(2, dtype = torch_float64())
  for (step in 1:7) {
    along <- if (turned) (x[1] + x[2]) * 0.5^0.5 else x[1]
    across <- if (turned) (x[2] - x[1]) * 0.5^0.5 else x[2]
    value <- along^2 * 0.2 + across^2 * 2 - 5
    value$backward()
    with_no_grad({
      g <- x$grad
      s <- s + g * g
      x$sub_(g * 3.7 / (torch_sqrt(s) + 1e-6))
    })
    x$grad$zero_()
  }
  name <- if (turned) "turned by 45 degrees" else "along the axes"
  cat(sprintf("%-20s   value after 6 steps %9.6f\n", name, value$item()))
}
