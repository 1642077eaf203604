# Adam: momentum and RMSProp in one. Run it from the
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
lr <- 3
beta1 <- 0.1
beta2 <- 0.999
eps <- 0
x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
m <- torch_zeros(2, dtype = torch_float64())
v <- torch_zeros(2, dtype = torch_float64())
by_hand <- NULL
for (t in 1:9) {
  value <- ravine(x)
  by_hand <- rbind(by_hand, as.numeric(x))
  show_point(t - 1, x, value)
  value$backward()
  with_no_grad({
    g <- x$grad
    m <- m * beta1 + g * (1 - beta1)
    v <- v * beta2 + g * g * (1 - beta2)
    m_hat <- m / (1 - beta1^t)
    v_hat <- v / (1 - beta2^t)
    x$sub_(m_hat * lr / (torch_sqrt(v_hat) + eps))
  })
  x$grad$zero_()
}

# %% rule-from-gradient
x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
m <- NULL
as_drawn <- NULL
for (t in 1:9) {
  value <- ravine(x)
  as_drawn <- rbind(as_drawn, as.numeric(x))
  show_point(t - 1, x, value)
  value$backward()
  with_no_grad({
    g <- x$grad
    if (is.null(m)) {
      m <- g
      v <- g * g
    }
    m <- m * beta1 + g * (1 - beta1)
    v <- v * beta2 + g * g * (1 - beta2)
    x$sub_(m * lr / (torch_sqrt(v) + eps))
  })
  x$grad$zero_()
}

# %% object
x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
opt <- optim_adam(list(x), lr = 3, betas = c(0.1, 0.999), eps = 0)
by_object <- NULL
for (step in 0:8) {
  value <- ravine(x)
  by_object <- rbind(by_object, as.numeric(x))
  if (step == 8) {
    show_point(step, x, value)
  }
  opt$zero_grad()
  value$backward()
  opt$step()
}

# %% object-state
# What Adam remembers of each parameter: how many steps it took, and both averages.
state <- opt$state_dict()$state[["1"]]
for (name in names(state)) {
  cat(name, ": ", paste(format(as.numeric(state[[name]])), collapse = " "), "\n", sep = "")
}

# %% seeded-state
# The start as drawn, through the object: both averages are set to the first gradient and its
# square, and the step so high that 1 - beta^step is 1, which switches the correction off.
x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
opt <- make_optimizer("adam", list(x), lr = 3, beta1 = 0.1, beta2 = 0.999, eps = 0)
seeded <- NULL
for (step in 0:8) {
  value <- ravine(x)
  seeded <- rbind(seeded, as.numeric(x))
  if (step == 8) {
    show_point(step, x, value)
  }
  opt$zero_grad()
  value$backward()
  if (step == 0) {
    seed_state(opt, init = "gradient", bias_correction = FALSE)
  }
  opt$step()
}

# %% descend
paths <- list()
for (init in c("gradient", "zero")) {
  for (method in c("manual", "optim")) {
    path <- descend(
      "anisotropic_paraboloid",
      start = c(5.1, 2.3),
      optimizer = "adam",
      steps = 8,
      method = method,
      lr = 3,
      beta1 = 0.1,
      beta2 = 0.999,
      eps = 0,
      init = init,
      bias_correction = init == "zero"
    )
    paths[[paste(init, method)]] <- path
    cat(sprintf("%-8s %-6s  ends at (%.12f, %.12f)\n", init, method, path$x1[9], path$x2[9]))
  }
}

# %% comparison
# The largest difference between points and a path, in any coordinate.
difference <- function(points, path) {
  max(abs(as.matrix(points) - as.matrix(path[c("x1", "x2")])))
}

as_told <- paths[["gradient manual"]]
by_optim <- paths[["gradient optim"]]
zero_manual <- paths[["zero manual"]]
zero_optim <- paths[["zero optim"]]
cat(sprintf(
  "written out, against descend() by hand:      %.12f\n",
  difference(by_hand, zero_manual)
))
cat(sprintf(
  "as drawn, against descend() by hand:         %.12f\n",
  difference(as_drawn, as_told)
))
cat(sprintf(
  "the object, against descend() by optim:      %.12f\n",
  difference(by_object, zero_optim)
))
cat(sprintf(
  "the seeded object, against descend():        %.12f\n",
  difference(seeded, by_optim)
))

# %% plot
sgd <- descend("anisotropic_paraboloid", c(5.1, 2.3), "sgd", steps = 40, lr = 0.4)
figure <- plot_paths(
  list(sgd, paths[["gradient optim"]], paths[["zero optim"]]),
  labels = c("sgd, lr 0.4", "averages from the first gradient", "averages from zero, corrected")
)

# %% correction
# How long is each of the first steps, in units of lr, when the gradient is always the same?
beta2 <- 0.999
for (beta1 in c(0.9, 0.1)) {
  for (corrected in c(TRUE, FALSE)) {
    m <- 0
    v <- 0
    lengths <- character()
    for (t in 1:2000) {
      m <- m * beta1 + (1 - beta1)
      v <- v * beta2 + (1 - beta2)
      length <- if (corrected) (m / (1 - beta1^t)) / (v / (1 - beta2^t))^0.5 else m / v^0.5
      if (t %in% c(1, 2, 5, 10, 100, 2000)) {
        lengths <- c(lengths, sprintf("%7.3f", length))
      }
    }
    name <- if (corrected) "corrected" else "without  "
    cat(sprintf("beta1 %.1f, %s   %s\n", beta1, name, paste(lengths, collapse = "")))
  }
}

# %% correction-path
for (corrected in c(TRUE, FALSE)) {
  path <- descend(
    "anisotropic_paraboloid", c(5.1, 2.3), "adam",
    steps = 4, lr = 0.1, bias_correction = corrected
  )
  moved <- paste(sprintf("%.4f", -diff(path$x2)), collapse = ", ")
  cat(sprintf("%s   x2 moves by %s\n", if (corrected) "corrected" else "without  ", moved))
}

# %% usual-beta1
for (beta1 in c(0.1, 0.9)) {
  path <- descend(
    "anisotropic_paraboloid", c(5.1, 2.3), "adam",
    steps = 60, lr = 3, beta1 = beta1, eps = 0, init = "gradient", bias_correction = FALSE
  )
  values <- paste(sprintf("%9.4f", path$value[c(2, 4, 5, 8, 20, 40, 60) + 1]), collapse = "")
  cat(sprintf(
    "beta1 %.1f   x1 goes as far as %8.4f   highest value %7.4f\n",
    beta1, min(path$x1), max(path$value)
  ))
  cat(sprintf("    values at steps 2, 4, 5, 8, 20, 40, 60: %s\n", values))
}

# %% continued
# The path from zero, with corrected averages, when it is
# continued beyond the 8 steps of the figure.
path <- descend(
  "anisotropic_paraboloid", c(5.1, 2.3), "adam",
  steps = 30, lr = 3, beta1 = 0.1, eps = 0
)
for (step in c(4, 6, 8, 10, 11, 12, 14)) {
  at <- path[step + 1, ]
  cat(sprintf("step %2d   x1 %9.6f   x2 %9.6f   value %9.6f\n", step, at$x1, at$x2, at$value))
}

# %% decay-flat
# Weight decay alone: a loss that does not depend on x at all, and a weight of 10.
for (name in c("adam", "adamw")) {
  for (weight_decay in c(0.01, 0.1, 1)) {
    path <- descend(
      function(x) (x * 0)$sum(), c(10, 10), name,
      steps = 3, lr = 0.1, weight_decay = weight_decay
    )
    walk <- paste(sprintf("%.5f", path$x1), collapse = "  ")
    cat(sprintf("%-5s  weight decay %.2f   %s\n", name, weight_decay, walk))
  }
}

# %% decay-noise
# Weights of 1 whose gradients are pure noise, 400 with
# loud noise, 400 with quiet. Which does decay shrink?
for (name in c("adam", "adamw")) {
  torch_manual_seed(1)
  x <- torch_ones(400, 2, dtype = torch_float64(), requires_grad = TRUE)
  loudness <- torch_tensor(c(10, 0.1), dtype = torch_float64())
  make <- if (name == "adamw") optim_adamw else optim_adam
  opt <- make(list(x), lr = 0.01, weight_decay = 0.1)
  for (step in 1:400) {
    opt$zero_grad()
    value <- (x * torch_randn(400, 2, dtype = torch_float64()) * loudness)$sum()
    value$backward()
    opt$step()
  }
  mean <- colMeans(as.matrix(x$detach()))
  cat(sprintf(
    "%-5s  mean weight after 400 steps: loud %6.3f, quiet %6.3f\n",
    name, mean[1], mean[2]
  ))
}
cat(sprintf("(1 - lr * weight_decay)^400 = %.3f\n", (1 - 0.01 * 0.1)^400))

# %% wrong-way
# Minimizes slopes 4, -1, -1, 4, -1, -1 ... on the interval -1 to 1; the best place is x = -1.
drift <- function(beta2, steps, amsgrad) {
  x <- 0
  v <- 0
  v_max <- 0
  for (t in seq_len(steps)) {
    g <- if (t %% 3 == 1) 4 else -1
    v <- v * beta2 + g * g * (1 - beta2)
    v_max <- max(v_max, v)
    used <- if (amsgrad) v_max else v
    x <- x - (0.5 / t^0.5) * g / used^0.5
    x <- min(1, max(-1, x))
  }
  x
}

for (amsgrad in c(FALSE, TRUE)) {
  ends <- sapply(c(30, 300, 3000), function(steps) drift(1 / 17, steps, amsgrad))
  name <- if (amsgrad) "the same, largest v kept" else "Adam without momentum"
  shown <- paste(sprintf("%8.4f", ends), collapse = "")
  cat(sprintf("%-25s x after 30, 300, 3000 steps: %s\n", name, shown))
}

# %% solution-1
# Where does eps matter? A gradient of 1e-4 is as good as
# one of 1; one of the size of eps is not.
for (size in c(1, 1e-4, 1e-8, 1e-9)) {
  x <- torch_zeros(2, dtype = torch_float64(), requires_grad = TRUE)
  opt <- optim_adam(list(x), lr = 1, eps = 1e-8)
  value <- (x * size)$sum()
  value$backward()
  opt$step()
  cat(sprintf("gradient %.0e   first step %.4f\n", size, abs(as.numeric(x)[1])))
}

# %% solution-2
# Adam with beta1 = 0 and no correction, started at the first gradient, is RMSProp.
left <- descend(
  "anisotropic_paraboloid", c(5.1, 2.3), "adam",
  steps = 20, lr = 0.1, beta1 = 0, beta2 = 0.9, init = "gradient", bias_correction = FALSE
)
right <- descend(
  "anisotropic_paraboloid", c(5.1, 2.3), "rmsprop",
  steps = 20, lr = 0.1, alpha = 0.9, init = "gradient"
)
cat(sprintf("largest difference %.12f\n", difference(left[c("x1", "x2")], right)))

# %% solution-3
# Coupled decay on plain sgd is the same as decoupled decay; on Adam it is not.
for (lr in c(0.1, 0.2)) {
  coupled <- descend(
    "anisotropic_paraboloid", c(5.1, 2.3), "sgd",
    steps = 30, lr = lr, weight_decay = 0.1
  )
  x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
  points <- as.numeric(x)
  for (step in 1:30) {
    value <- ravine(x)
    value$backward()
    with_no_grad({
      x$copy_(x * (1 - lr * 0.1) - x$grad * lr)
    })
    x$grad$zero_()
    points <- rbind(points, as.numeric(x))
  }
  adam <- descend(
    "anisotropic_paraboloid", c(5.1, 2.3), "adam",
    steps = 30, lr = lr, weight_decay = 0.1
  )
  adamw <- descend(
    "anisotropic_paraboloid", c(5.1, 2.3), "adamw",
    steps = 30, lr = lr, weight_decay = 0.1
  )
  cat(sprintf(
    "lr %.1f   sgd, both ways: %.6f   adam and adamw: %.6f\n",
    lr, difference(points, coupled), difference(adam[c("x1", "x2")], adamw)
  ))
}
