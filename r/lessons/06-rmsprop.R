# RMSProp: forget old gradients. Run it from the project's folder, as a script or as a notebook.

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
alpha <- 0.9
eps <- 1e-6
x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
v <- torch_zeros(2, dtype = torch_float64())
for (step in 0:7) {
  value <- ravine(x)
  show_point(step, x, value)
  value$backward()
  with_no_grad({
    g <- x$grad
    v <- v * alpha + g * g * (1 - alpha)
    x$sub_(g * lr / (torch_sqrt(v) + eps))
  })
  x$grad$zero_()
}

# %% rule-from-gradient
x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
v <- NULL
by_hand <- NULL
for (step in 0:7) {
  value <- ravine(x)
  by_hand <- rbind(by_hand, as.numeric(x))
  show_point(step, x, value)
  value$backward()
  with_no_grad({
    g <- x$grad
    if (is.null(v)) {
      v <- g * g
    }
    v <- v * alpha + g * g * (1 - alpha)
    x$sub_(g * lr / (torch_sqrt(v) + eps))
  })
  x$grad$zero_()
}

# %% object
x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
opt <- optim_rmsprop(list(x), lr = 3, alpha = 0.9, eps = 1e-6)
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

# %% object-state
# What the optimizer remembers, parameter by parameter: the average of the squared gradients.
state <- opt$state_dict()$state[["1"]]
for (name in names(state)) {
  cat(name, ": ", paste(format(as.numeric(state[[name]])), collapse = " "), "\n", sep = "")
}

# %% seeded-state
# The object has no option for the other start, but its
# state is ours to set: after the first backward().
x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
opt <- make_optimizer("rmsprop", list(x), lr = 3, alpha = 0.9, eps = 1e-6)
seeded <- NULL
for (step in 0:7) {
  value <- ravine(x)
  seeded <- rbind(seeded, as.numeric(x))
  if (step == 7) {
    show_point(step, x, value)
  }
  opt$zero_grad()
  value$backward()
  if (step == 0) {
    seed_state(opt, init = "gradient")
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
      optimizer = "rmsprop",
      steps = 7,
      method = method,
      lr = 3,
      alpha = 0.9,
      eps = 1e-6,
      init = init
    )
    paths[[paste(init, method)]] <- path
    cat(sprintf("%-8s %-6s  ends at (%.12f, %.12f)\n", init, method, path$x1[8], path$x2[8]))
  }
}

# %% comparison
# The largest difference between points and a path, in any coordinate.
difference <- function(points, path) {
  max(abs(as.matrix(points) - as.matrix(path[c("x1", "x2")])))
}

as_told <- paths[["gradient manual"]]
by_optim <- paths[["gradient optim"]]
zero_optim <- paths[["zero optim"]]
cat(sprintf(
  "written out, against descend() by hand:      %.12f\n",
  difference(by_hand, as_told)
))
cat(sprintf(
  "the seeded object, against descend():        %.12f\n",
  difference(seeded, by_optim)
))
cat(sprintf(
  "the object from zero, against descend():     %.12f\n",
  difference(by_object, zero_optim)
))

# %% plot
sgd <- descend("anisotropic_paraboloid", c(5.1, 2.3), "sgd", steps = 40, lr = 0.4)
figure <- plot_paths(
  list(sgd, paths[["gradient optim"]], paths[["zero optim"]]),
  labels = c("sgd, lr 0.4", "average from the first gradient", "average from zero")
)

# %% first-steps
for (alpha in c(0.9, 0.99)) {
  for (init in c("zero", "gradient")) {
    path <- descend(
      "anisotropic_paraboloid", c(5.1, 2.3), "rmsprop",
      steps = 1, lr = 0.01, alpha = alpha, eps = 1e-8, init = init
    )
    moved <- (path$x1[1] - path$x1[2]) / 0.01
    cat(sprintf(
      "alpha %.2f, average from %-8s   the first step is %7.4f lr long\n",
      alpha, init, moved
    ))
  }
  cat(sprintf("alpha %.2f: 1 / sqrt(1 - alpha) = %.4f\n", alpha, 1 / (1 - alpha)^0.5))
}

# %% published-picture
# As they stand in the source of the published picture,
# resources/rmsprop.tex in the book's repository, rounded to six digits.
drawn_x1 <- c(5.1, 0.840001, 0.323993, 0.114520, 0.036490, 0.010283, 0.002498, 0.000505)
drawn_last_x2 <- -0.002315
path <- paths[["gradient manual"]]
for (step in 0:7) {
  x1 <- path$x1[step + 1]
  text <- "step %d   x1 %9.6f   0.4 x1 %9.6f   drawn %9.6f\n"
  cat(sprintf(text, step, x1, x1 * 0.4, drawn_x1[step + 1]))
}
cat(sprintf("last x2: %.6f by the rule, %.6f drawn\n", path$x2[8], drawn_last_x2))

# %% burst
path <- descend(
  "anisotropic_paraboloid", c(5.1, 2.3), "rmsprop",
  steps = 26, lr = 3, alpha = 0.9, eps = 1e-6, init = "gradient"
)
for (step in c(7, 9, 12, 15, 18, 19, 20, 21, 22, 24, 26)) {
  cat(sprintf(
    "step %2d   x2 %9.6f   value %10.6f\n",
    step, path$x2[step + 1], path$value[step + 1]
  ))
}

# %% burst-cause
# The rate that RMSProp applies to x2 at each step, times
# the curvature 4 there. Above 2, x2 grows.
g <- path$x2 * 4
v <- g[1]^2
products <- numeric()
for (step in 0:26) {
  v <- v * 0.9 + g[step + 1]^2 * 0.1
  products <- c(products, 3 / (v^0.5 + 1e-6) * 4)
}
for (step in c(0, 4, 8, 9, 12, 15, 18, 20, 22)) {
  product <- products[step + 1]
  verdict <- if (product > 2) "grows" else "shrinks"
  cat(sprintf(
    "step %2d   effective rate times curvature %8.3f   x2 %s\n",
    step, product, verdict
  ))
}

# %% floor
# However long it runs, it does not settle: the step cannot become much smaller than lr.
for (lr in c(3, 0.3, 0.03)) {
  path <- descend(
    "anisotropic_paraboloid", c(5.1, 2.3), "rmsprop",
    steps = 300, lr = lr, alpha = 0.9, eps = 1e-6
  )
  late <- path$value[202:301]
  cat(sprintf(
    "lr %4.2f   values of the last 100 steps: %10.6f to %10.6f\n",
    lr, min(late), max(late)
  ))
}

# %% against-adagrad
# A gradient that is large for 20 steps and small for 80: who notices?
s <- 0
v <- 0
for (t in 1:100) {
  g <- if (t <= 20) 10 else 0.1
  s <- s + g * g
  v <- v * 0.9 + g * g * 0.1
  if (t %in% c(1, 20, 40, 60, 80, 100)) {
    cat(sprintf(
      "step %3d   gradient %4.1f   step of Adagrad %.4f lr, of RMSProp %.4f lr\n",
      t, g, g / s^0.5, g / v^0.5
    ))
  }
}

# %% solution-1
# Which lr brings the value to -4.99 soonest, and which keeps it there for 300 steps?
for (lr in c(3, 1, 0.3, 0.1, 0.03)) {
  path <- descend(
    "anisotropic_paraboloid", c(5.1, 2.3), "rmsprop",
    steps = 300, lr = lr, alpha = 0.9, eps = 1e-6
  )
  reached <- path$step[which(path$value <= -4.99)[1]]
  rises <- sum(path$value[path$step >= reached] > -4.99)
  cat(sprintf(
    "lr %.2f   first at step %3d, above it again at %3d later points\n",
    lr, reached, rises
  ))
}

# %% solution-2
# The same lr, but falling like 1 / t.
x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64(), requires_grad = TRUE)
v <- torch_zeros(2, dtype = torch_float64())
for (t in 1:300) {
  value <- ravine(x)
  if (t %in% c(1, 11, 51, 101, 201, 300)) {
    show_point(t - 1, x, value)
  }
  value$backward()
  with_no_grad({
    v <- v * 0.9 + x$grad * x$grad * (1 - 0.9)
    x$sub_(x$grad * (3 / t) / (torch_sqrt(v) + 1e-6))
  })
  x$grad$zero_()
}
