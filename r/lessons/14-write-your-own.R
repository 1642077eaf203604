# Write your own: a rule from a paper, drawn, checked and put to work. Run it from the
# project's folder, as a script or as a notebook.

# %% sign-descent
suppressPackageStartupMessages(library(gradpath))

# Steps by the rate, downhill, in every coordinate.
sign_descent <- function(x, g, state, lr = 0.1) {
  list(x = x - g$sign() * lr, state = state)
}

ravine <- "anisotropic_paraboloid"
start <- c(5.1, 2.3)
path <- descend(ravine, start, sign_descent, steps = 30, lr = 0.4)
print(path[path$step %in% c(0, 1, 2, 5, 6, 7, 27, 28, 29, 30), ], row.names = FALSE)

# %% sign-picture
title <- "One rate, with and without the slope's size (R)"
sgd <- descend(ravine, start, "sgd", steps = 30, lr = 0.4)
pictures <- lapply(c(light = "light", dark = "dark"), function(theme) {
  plot_paths(
    list(sgd, path),
    labels = c("sgd", "sign descent"), title = title, theme = theme
  )
})

# %% sign-falling
schedules <- list(constant = NULL, falling = list(name = "cosine", steps = 30))
lowest <- vapply(schedules, FUN.VALUE = 1, function(schedule) {
  path <- descend(ravine, start, sign_descent, steps = 30, lr = 0.4, schedule = schedule)
  min(path$value)
})
table <- data.frame(rate = names(schedules), lowest = round(lowest, 4))
print(table, row.names = FALSE)

# %% lion
# Steps as algorithm 2 of Chen et al. (2023) does.
lion <- function(x, g, state, lr = 1e-4, beta1 = 0.9, beta2 = 0.99, weight_decay = 0) {
  m <- if (length(state)) state$m else torch_zeros_like(x)
  # c <- beta1 m + (1 - beta1) g
  mixed <- m * beta1 + g * (1 - beta1)
  # x <- x - lr (sign(c) + lambda x)
  x <- x - (mixed$sign() + x * weight_decay) * lr
  # m <- beta2 m + (1 - beta2) g
  list(x = x, state = list(m = m * beta2 + g * (1 - beta2)))
}

path <- descend(ravine, start, lion, steps = 30, lr = 0.4)
print(path[path$step %in% c(0, 1, 2, 28, 29, 30), ], row.names = FALSE)

# %% special-cases
# Steps by the sign of an average.
signum <- function(x, g, state, lr = 0.1, beta = 0.9) {
  m <- if (length(state)) state$m else torch_zeros_like(x)
  m <- m * beta + g * (1 - beta)
  list(x = x - m$sign() * lr, state = list(m = m))
}

# The largest difference between two paths.
apart <- function(one, other) max(abs(as.matrix(one) - as.matrix(other)))

one <- descend(ravine, start, lion, steps = 60, lr = 0.4, beta1 = 0)
other <- descend(ravine, start, sign_descent, steps = 60, lr = 0.4)
cat("beta1 = 0, and sign descent:            ", apart(one, other), "apart\n")
one <- descend(ravine, start, lion, steps = 60, lr = 0.4, beta1 = 0.9, beta2 = 0.9)
other <- descend(ravine, start, signum, steps = 60, lr = 0.4)
cat("equal betas, and the sign of an average:", apart(one, other), "apart\n")
x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64())
shrunk <- lion(x, torch_zeros_like(x), list(), lr = 0.1, weight_decay = 0.5)$x
factors <- paste(sprintf("%.6f", as.numeric(shrunk / x)), collapse = ", ")
cat("no slope, lr 0.1 and decay 0.5: x is multiplied by", factors, "\n")

# %% valley
# The values at points, whose last dimension is x1, x2.
bent_valley <- function(x) {
  parts <- x$unbind(-1)
  parts[[1]]^2 * 0.1 + (parts[[2]] - torch_sin(parts[[1]]))^2
}

valley <- surface(
  bent_valley, "bent_valley",
  window = c(-6, 6, -4, 4), minima = list(c(0, 0))
)
rules <- list("sgd" = "sgd", "sign descent" = sign_descent, "Lion" = lion)
paths <- lapply(rules, function(rule) descend(valley, c(4, -3), rule, steps = 40, lr = 0.3))
values <- data.frame(step = 0:40, lapply(paths, `[[`, "value"), check.names = FALSE)
shown <- values$step %in% c(0, 10, 20, 30, 37:40)
print(round(values[shown, ], 4), row.names = FALSE)

# %% valley-picture
title <- "Three rules in a bent valley, rate 0.3 (R)"
pictures <- lapply(c(light = "light", dark = "dark"), function(theme) {
  plot_paths(unname(paths), valley, names(paths), title = title, theme = theme)
})

# %% my-adam
# Steps as the equations in the chapter on Adam say.
my_adam <- function(x, g, state, lr = 0.001, beta1 = 0.9, beta2 = 0.999, eps = 1e-8) {
  if (!length(state)) state <- list(t = 0, m = torch_zeros_like(x), v = torch_zeros_like(x))
  t <- state$t + 1
  m <- state$m * beta1 + g * (1 - beta1)
  v <- state$v * beta2 + g * g * (1 - beta2)
  m_hat <- m / (1 - beta1^t)
  v_hat <- v / (1 - beta2^t)
  x <- x - m_hat * lr / (v_hat$sqrt() + eps)
  list(x = x, state = list(t = t, m = m, v = v))
}

check_rule(my_adam, like = "adam")

# %% eps-inside
# Does almost the same.
another_adam <- function(x, g, state, lr = 0.001, beta1 = 0.9, beta2 = 0.999, eps = 1e-8) {
  if (!length(state)) state <- list(t = 0, m = torch_zeros_like(x), v = torch_zeros_like(x))
  t <- state$t + 1
  m <- state$m * beta1 + g * (1 - beta1)
  v <- state$v * beta2 + g * g * (1 - beta2)
  m_hat <- m / (1 - beta1^t)
  v_hat <- v / (1 - beta2^t)
  x <- x - m_hat * lr / (v_hat + eps)$sqrt()
  list(x = x, state = list(t = t, m = m, v = v))
}

one <- descend(ravine, start, my_adam, steps = 50, lr = 0.3)
other <- descend(ravine, start, another_adam, steps = 50, lr = 0.3)
cat("after 50 steps in the ravine they are", signif(apart(one, other), 2), "apart\n")

# %% eps-found
check_rule(another_adam, like = "adam")

# %% eps-matters
powers <- c(0, -2, -4, -6, -8)

# How far the first step goes, in units of the rate, for gradients of these powers of ten.
first_step <- function(rule) {
  x <- torch_zeros(5, dtype = torch_float64())
  g <- torch_tensor(10^powers, dtype = torch_float64())
  round(-as.numeric(rule(x, g, list(), lr = 1)$x), 6)
}
table <- data.frame(
  power_of_ten = powers,
  eps_outside = first_step(my_adam),
  eps_inside = first_step(another_adam)
)
print(table, row.names = FALSE)

# %% uncorrected
# Does it in fewer lines.
short_adam <- function(x, g, state, lr = 0.001, beta1 = 0.9, beta2 = 0.999, eps = 1e-8) {
  if (!length(state)) state <- list(m = torch_zeros_like(x), v = torch_zeros_like(x))
  m <- state$m * beta1 + g * (1 - beta1)
  v <- state$v * beta2 + g * g * (1 - beta2)
  list(x = x - m * lr / (v$sqrt() + eps), state = list(m = m, v = v))
}

report <- check_rule(short_adam, like = "adam")
report

# %% uncorrected-picture
pictures <- lapply(c(light = "light", dark = "dark"), function(theme) {
  plot(report, theme = theme)
})

# %% rates
parts <- digits(dtype = "float64")
split <- split_data(parts$train, 1137, seed = 0)
train <- split$train
validation <- split$validation

# Trains a small tanh network for ten epochs; gives its loss on the validation data.
run <- function(optimizer, lr, seed, schedule = NULL) {
  table <- train_network(
    tanh_network(64, 32, seed = seed, dtype = "float64"),
    "cross_entropy",
    train,
    validation,
    epochs = 10,
    batch_size = 64,
    optimizer = optimizer,
    lr = lr,
    schedule = schedule,
    seed = seed,
    progress = FALSE
  )
  tail(table$validation_loss, 1)
}

rules <- list(Adam = "adam", Lion = lion)
schedules <- list(constant = NULL, cosine = list(name = "cosine", steps = 10))
tried <- rbind(
  data.frame(schedule = "constant", rule = "Adam", lr = c(0.003, 0.01, 0.03, 0.1)),
  data.frame(schedule = "constant", rule = "Lion", lr = c(0.0003, 0.001, 0.003, 0.01)),
  data.frame(schedule = "cosine", rule = "Adam", lr = c(0.01, 0.03, 0.1, 0.3)),
  data.frame(schedule = "cosine", rule = "Lion", lr = c(0.001, 0.003, 0.01, 0.03))
)
tried$loss <- mapply(tried$lr, tried$rule, tried$schedule, FUN = function(lr, rule, schedule) {
  mean(vapply(1:2, function(seed) run(rules[[rule]], lr, seed, schedules[[schedule]]), 1))
})
tried$loss <- round(tried$loss, 4)
print(tried, row.names = FALSE)

# %% seeds
cases <- split(tried, list(tried$rule, tried$schedule))
best <- do.call(rbind, lapply(cases, function(rows) rows[which.min(rows$loss), ]))
by_seed <- mapply(best$lr, best$rule, best$schedule, FUN = function(lr, rule, schedule) {
  vapply(3:8, function(seed) run(rules[[rule]], lr, seed, schedules[[schedule]]), 1)
})
best$loss <- round(colMeans(by_seed), 4)
print(best, row.names = FALSE)
gaps <- by_seed[, best$rule == "Lion"] - by_seed[, best$rule == "Adam"]
table <- data.frame(
  schedule = names(schedules),
  Lion_minus_Adam = round(colMeans(gaps), 4),
  give_or_take = round(apply(gaps, 2, sd) / sqrt(nrow(gaps)), 4),
  Lion_wins = colSums(gaps < 0),
  of = nrow(gaps)
)
print(table, row.names = FALSE)

# %% loop
network <- tanh_network(64, 32, seed = 1, dtype = "float64")
opt <- as_optimizer(lion, network$parameters, lr = 0.01)
scheduler <- lr_cosine_annealing(opt, T_max = 10)
torch_manual_seed(1)
history <- data.frame(epoch = 1:10, rate = NA, validation_loss = NA)
for (epoch in 1:10) {
  history$rate[epoch] <- opt$param_groups[[1]]$lr
  # torch_randperm() counts from 0, positions count from 1.
  shuffled <- torch_randperm(train$y$shape[1], dtype = torch_int64()) + 1L
  for (batch in torch_split(shuffled, 64)) {
    opt$zero_grad()
    outputs <- network(train$x$index_select(1, batch))
    nnf_cross_entropy(outputs, train$y$index_select(1, batch))$backward()
    opt$step()
  }
  scheduler$step()
  loss <- with_no_grad(nnf_cross_entropy(network(validation$x), validation$y))
  history$validation_loss[epoch] <- loss$item()
}
print(round(history, 5), row.names = FALSE)

# %% state
states <- opt$state_dict()$state
table <- data.frame(
  parameter = seq_along(states),
  shape_of_m = vapply(states, function(state) paste(dim(state$m), collapse = " x "), ""),
  largest_number = vapply(states, function(state) round(state$m$abs()$max()$item(), 6), 1)
)
print(table, row.names = FALSE)

# %% slice
network <- tanh_network(64, 32, seed = 1, dtype = "float64")
table <- train_network(
  network,
  "cross_entropy",
  train,
  validation,
  epochs = 10,
  batch_size = 64,
  optimizer = lion,
  lr = 0.003,
  seed = 1,
  progress = FALSE,
  keep_weights = TRUE
)
weights <- attr(table, "weights")
plane <- loss_slice(network, "cross_entropy", train, "principal", weights = weights)
shadow <- project_path(plane, weights)
cat(length(weights), "times", weights[[1]]$numel(), "weights\n")
# The shares of a plane's directions, as text.
shares <- function(plane) {
  paste0(round(attr(plane, "explained") * 100, 1), "%", collapse = " and ")
}
cat("of their variance lie along x1 and x2:", shares(plane), "\n")
print(round(shadow, 4), row.names = FALSE)

# %% slice-picture
title <- "A training with Lion, on its principal plane (R)"
pictures <- lapply(c(light = "light", dark = "dark"), function(theme) {
  plot_paths(shadow, plane, "Lion", title = title, theme = theme)
})

# %% slice-random
random_plane <- loss_slice(network, "cross_entropy", train, "random", seed = 1)
print(round(project_path(random_plane, weights)[c(1, 6, 10), ], 4), row.names = FALSE)

# %% random-walk
torch_manual_seed(1)
walk <- torch_randn(11, 2410, dtype = torch_float64())$cumsum(1)
aimless <- loss_slice(
  network, "cross_entropy", train, "principal",
  weights = torch_unbind(walk, 1)
)
cat("of the variance of a walk without an aim:", shares(aimless), "\n")

# %% solution-1
one <- descend(ravine, start, "adam", steps = 60, lr = 0.4, beta1 = 0, beta2 = 0, eps = 0)
other <- descend(ravine, start, sign_descent, steps = 60, lr = 0.4)
cat("Adam without memory, and sign descent:", signif(apart(one, other), 2), "apart\n")

# %% solution-2
# Steps as a friend wrote RMSProp.
friend <- function(x, g, state, lr = 0.01, alpha = 0.99, eps = 1e-8) {
  v <- if (length(state)) state$v else torch_zeros_like(x)
  v <- v * (1 - alpha) + g * g * alpha
  list(x = x - g * lr / (v$sqrt() + eps), state = list(v = v))
}

# Keeps alpha of the old value, and takes the rest of the new one.
corrected <- function(x, g, state, lr = 0.01, alpha = 0.99, eps = 1e-8) {
  v <- if (length(state)) state$v else torch_zeros_like(x)
  v <- v * alpha + g * g * (1 - alpha)
  list(x = x - g * lr / (v$sqrt() + eps), state = list(v = v))
}

check_rule(friend, like = "rmsprop")
check_rule(corrected, like = "rmsprop")

# %% solution-3
# Steps as the heavy ball of many texts.
rate_inside <- function(x, g, state, lr = 0.001, momentum = 0.9) {
  v <- if (length(state)) state$v else torch_zeros_like(x)
  v <- v * momentum + g * lr
  list(x = x - v, state = list(v = v))
}

schedules <- list(constant = NULL, falling = list(name = "cosine", steps = 40))
gap <- vapply(schedules, FUN.VALUE = 1, function(schedule) {
  both <- lapply(list("momentum", rate_inside), function(rule) {
    descend(ravine, start, rule, steps = 40, lr = 0.1, momentum = 0.7, schedule = schedule)
  })
  apart(both[[1]], both[[2]])
})
print(data.frame(rate = names(schedules), apart = round(gap, 6)), row.names = FALSE)
check_rule(rate_inside, like = "momentum")

# %% solution-4
# Steps by the largest average of squares so far, corrected as the library does.
amsgrad <- function(x, g, state, lr = 0.001, beta1 = 0.9, beta2 = 0.999, eps = 1e-8) {
  zero <- torch_zeros_like(x)
  if (!length(state)) state <- list(t = 0, m = zero, v = zero, top = zero)
  t <- state$t + 1
  m <- state$m * beta1 + g * (1 - beta1)
  v <- state$v * beta2 + g * g * (1 - beta2)
  top <- torch_maximum(state$top, v)
  m_hat <- m / (1 - beta1^t)
  top_hat <- top / (1 - beta2^t)
  x <- x - m_hat * lr / (top_hat$sqrt() + eps)
  list(x = x, state = list(t = t, m = m, v = v, top = top))
}

# Takes 60 steps down the ravine with an optimizer object; gives the last point.
walk_down <- function(make) {
  x <- torch_tensor(start, dtype = torch_float64(), requires_grad = TRUE)
  opt <- make(x)
  bowl <- get_surface(ravine)
  for (step in 1:60) {
    opt$zero_grad()
    bowl(x)$backward()
    opt$step()
  }
  as.numeric(x$detach())
}

mine <- walk_down(function(x) as_optimizer(amsgrad, x, lr = 0.6, beta2 = 0.9))
theirs <- walk_down(function(x) optim_adam(x, lr = 0.6, betas = c(0.9, 0.9), amsgrad = TRUE))
plain <- walk_down(function(x) optim_adam(x, lr = 0.6, betas = c(0.9, 0.9)))
cat("mine and the library's:", signif(max(abs(mine - theirs)), 2), "apart\n")
cat("AMSGrad and Adam:      ", round(max(abs(mine - plain)), 5), "apart\n")
