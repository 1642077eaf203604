# The learning rate over time: schedules. Run it from the
# project's folder, as a script or as a notebook.

# %% start
suppressPackageStartupMessages(library(gradpath))

# Prints the rates at some steps, which count from 0.
show_rates <- function(rates, steps) {
  shown <- sprintf("t %2d: %.6f", as.integer(steps), rates[steps + 1])
  cat(paste(shown, collapse = "   "), "\n", sep = "")
}

# The rates of a schedule at steps 0 to 60.
sixty <- function(schedule, ...) vapply(0:60, schedule, 1, ...)

# %% exponential
lr <- 0.1
gamma <- 0.9
by_hand <- lr * gamma^(0:30)
show_rates(by_hand, c(0, 1, 2, 10, 30))

# %% exponential-object
x <- torch_zeros(1, requires_grad = TRUE)
opt <- optim_sgd(list(x), lr = 0.1)
scheduler <- lr_multiplicative(opt, function(t) 0.9)
by_object <- NULL
for (t in 0:30) {
  by_object <- c(by_object, opt$param_groups[[1]]$lr)
  invisible(opt$step())
  scheduler$step()
}
show_rates(by_object, c(0, 1, 2, 10, 30))

# %% gamma
gamma <- gamma_for(lr = 0.1, lr_final = 0.001, epochs = 30)
cat(sprintf(
  "gamma %.6f, rate after 30 epochs %.6f\n",
  gamma, exponential_schedule(30, 0.1, gamma)
))

# %% drops
step <- sixty(step_schedule, lr = 0.1, step_size = 15, gamma = 0.5)
multi_step <- sixty(multi_step_schedule, lr = 0.1, milestones = c(20, 45), gamma = 0.3)
show_rates(step, c(0, 14, 15, 29, 30, 60))
show_rates(multi_step, c(0, 19, 20, 44, 45, 60))

# %% factor
factor <- sixty(factor_schedule, lr = 0.1, factor = 0.9, lr_min = 0.01)
show_rates(factor, c(0, 1, 10, 21, 22, 60))

# %% inverse-sqrt
inverse_sqrt <- sixty(inverse_sqrt_schedule, lr = 0.1)
show_rates(inverse_sqrt, c(0, 1, 3, 8, 15, 60))

# %% sums
# Do the rates add up without end, and their squares to something finite?
t <- 1:1000000
decays <- list(
  "0.1 / t^0.50" = 0.1 / t^0.5,
  "0.1 / t^0.75" = 0.1 / t^0.75,
  "0.1 / t" = 0.1 / t,
  "0.1 * 0.95^t" = 0.1 * 0.95^t
)
for (name in names(decays)) {
  counts <- c(100, 10000, 1000000)
  sums <- cumsum(decays[[name]])[counts]
  squares <- cumsum(decays[[name]]^2)[counts]
  sums <- paste(sprintf("%8.2f", sums), collapse = "")
  squares <- paste(sprintf("%8.4f", squares), collapse = "")
  cat(sprintf("%-12s   sums%s   of squares%s\n", name, sums, squares))
}

# %% polynomial
for (power in c(0.5, 1, 2)) {
  rates <- sixty(polynomial_schedule, lr = 0.1, steps = 50, power = power)
  show_rates(rates, c(0, 10, 25, 49, 50, 60))
}

# %% cosine
stays <- sixty(cosine_schedule, lr = 0.1, steps = 20, lr_min = 0.005)
rises <- sixty(cosine_periodic_schedule, lr = 0.1, half_period = 20, lr_min = 0.005)
show_rates(stays, c(0, 10, 20, 30, 40, 60))
show_rates(rises, c(0, 10, 20, 30, 40, 60))

# %% troughs
for (troughs in 1:3) {
  half_period <- half_period_for(steps = 60, troughs = troughs)
  last <- cosine_periodic_schedule(60, lr = 0.1, half_period = half_period, lr_min = 0.005)
  cat(sprintf(
    "%d troughs in 60 steps: half period %g, rate at the end %.3f\n",
    troughs, half_period, last
  ))
}

# %% restarts
restarts <- sixty(cosine_restarts_schedule, lr = 0.1, steps = 9, growth = 2, lr_min = 0.005)
show_rates(restarts, c(0, 8, 9, 26, 27, 60))

# %% warmup
then <- list(name = "cosine", steps = 50)
warmup <- sixty(warmup_schedule, lr = 0.1, warmup = 10, then = then, start_factor = 0.1)
show_rates(warmup, c(0, 1, 9, 10, 35, 60))

# %% one-cycle
one_cycle <- sixty(one_cycle_schedule, lr = 0.1, steps = 61)
show_rates(one_cycle, c(0, 9, 17, 18, 40, 60))

# %% chained
schedules <- list(
  list(name = "step", step_size = 20, gamma = 0.5),
  list(name = "exponential", gamma = 0.98)
)
chained <- sixty(chained_schedule, lr = 0.1, schedules = schedules)
show_rates(chained, c(0, 19, 20, 40, 60))

# %% lambda
# Falls from 1 to 0.2 in five steps, and starts again.
saw <- function(t) 1 - (t %% 5) / 5

show_rates(vapply(0:10, lambda_schedule, 1, lr = 0.1, lr_lambda = saw), c(0, 1, 4, 5, 10))

# %% lambda-picture
rates <- sixty(lambda_schedule, lr = 0.1, lr_lambda = saw)
title <- "Lambda, a saw of five steps (R)"
pictures <- lapply(c(light = "light", dark = "dark"), function(theme) {
  plot_schedules(list(rates), title = title, theme = theme)
})

# %% groups
factors <- list(function(t) 0.9^t, function(t) 1 / (t + 1))
for (t in c(0, 1, 10)) {
  rates <- group_lambda_schedule(t, lrs = c(0.1, 0.001), lr_lambdas = factors)
  cat(sprintf(
    "t %2d: new layers %.6f, old layers %.6f\n",
    as.integer(t), rates[[1]], rates[[2]]
  ))
}

# %% plateau
plateau <- plateau_schedule(lr = 0.1, factor = 0.5, patience = 2, threshold = 0.01)
losses <- c(1.00, 0.80, 0.70, 0.699, 0.70, 0.698, 0.65, 0.66, 0.65, 0.66, 0.65)
for (epoch in 0:10) {
  used <- plateau$lr
  plateau$step(losses[epoch + 1])
  text <- "epoch %2d   rate %.4f   validation loss %.3f   bad epochs %d\n"
  cat(sprintf(text, epoch, used, losses[epoch + 1], as.integer(plateau$bad_steps)))
}

# %% agree
cases <- list(
  "exponential" = list(name = "exponential", gamma = 0.95),
  "multi-step" = list(name = "multi_step", milestones = c(20, 45), gamma = 0.3),
  "polynomial" = list(name = "polynomial", steps = 500, power = 2),
  "periodic cosine" = list(name = "cosine_periodic", half_period = 20, lr_min = 0.005),
  "restarts" = list(name = "cosine_restarts", steps = 9, growth = 2),
  "warmup" = list(name = "warmup", warmup = 10, then = list(name = "inverse_sqrt")),
  "one cycle" = list(name = "one_cycle", steps = 500)
)
for (name in names(cases)) {
  by_hand <- schedule_rates(cases[[name]], 0.1, 500, method = "manual")
  built_in <- schedule_rates(cases[[name]], 0.1, 500, method = "optim")
  apart <- max(abs(by_hand - built_in))
  cat(sprintf("%-16s by hand and built in, 500 steps: largest difference %.12f\n", name, apart))
}

# %% noisy
schedules <- list(constant = NULL, decaying = list(name = "cosine", steps = 200))
for (name in names(schedules)) {
  excess <- vapply(0:9, FUN.VALUE = 1, function(seed) {
    path <- descend(
      "isotropic_paraboloid", c(6, 6), "sgd", 200,
      lr = 0.8, noise = 1.5, seed = seed, schedule = schedules[[name]]
    )
    mean(tail(path$value, 20)) + 5
  })
  cat(sprintf(
    "%s rate: %.4f above the minimum, over the last 20 steps of 10 runs\n",
    name, mean(excess)
  ))
}

# %% expected
# Where steps of rate lr on curvature c, with noise s,
# come to rest: a balance of shrinking and shaking.
c1 <- 0.4
s <- 1.5
for (lr in c(0.8, 0.4, 0.2, 0.1)) {
  variance <- lr^2 * s^2 / (1 - (1 - lr * c1)^2)
  cat(sprintf("rate %.1f: %.4f above the minimum in the long run\n", lr, 2 * c1 / 2 * variance))
}

# %% data
torch_manual_seed(1)
inputs <- torch_randn(c(240, 20), dtype = torch_float64())
weights <- torch_randn(20, dtype = torch_float64())
targets <- torch_mv(inputs, weights) + torch_randn(240, dtype = torch_float64())
# 120 rows to train on, 60 to decide with, and 60 that no
# decision may depend on. Positions count from 1.
rows <- list(
  train = torch_tensor(1:120),
  validation = torch_tensor(121:180),
  test = torch_tensor(181:240)
)

# The mean squared error on some rows.
loss_on <- function(chosen, w) {
  errors <- torch_mv(inputs$index_select(1, chosen), w) - targets$index_select(1, chosen)
  errors$pow(2)$mean()
}

# %% split
# Trains on batches of two rows for 41 epochs; lowers the
# rate when the validation loss stalls, if told to.
train <- function(watch, chosen = rows$train) {
  w <- torch_zeros(20, dtype = torch_float64(), requires_grad = TRUE)
  opt <- optim_sgd(list(w), lr = 0.05)
  scheduler <- lr_reduce_on_plateau(opt, factor = 0.3, patience = 3)
  for (epoch in 0:40) {
    used <- opt$param_groups[[1]]$lr
    # torch_randperm() counts from 0, positions count from 1.
    order <- torch_randperm(length(chosen)) + 1L
    for (batch in seq_len(length(chosen) / 2)) {
      opt$zero_grad()
      pair <- order$narrow(1, 2 * batch - 1, 2)$to(dtype = torch_int64())
      loss_on(chosen$index_select(1, pair), w)$backward()
      opt$step()
    }
    validation <- loss_on(rows$validation, w)$item()
    if (watch) {
      scheduler$step(validation)
    }
    if (epoch %% 10 == 0) {
      cat(sprintf("epoch %2d   rate %.6f   validation loss %.4f\n", epoch, used, validation))
    }
  }
  w
}

torch_manual_seed(2)
constant <- train(watch = FALSE)
torch_manual_seed(2)
watched <- train(watch = TRUE)

# %% test-once
cat(sprintf("constant rate:      test loss %.4f\n", loss_on(rows$test, constant)$item()))
cat(sprintf("reduced on plateau: test loss %.4f\n", loss_on(rows$test, watched)$item()))

# %% least-squares
# The weights that fit the training rows best, computed from these rows alone.
x <- inputs$index_select(1, rows$train)
y <- targets$index_select(1, rows$train)
fitted <- linalg_solve(torch_mm(x$t(), x), torch_mv(x$t(), y))
models <- list(
  "reduced on plateau" = watched,
  "least squares" = fitted,
  "the true weights" = weights
)
for (name in names(models)) {
  losses <- vapply(rows, function(part) loss_on(part, models[[name]])$item(), 1)
  text <- "%-18s   train %.4f   validation %.4f   test %.4f\n"
  cat(sprintf(text, name, losses[["train"]], losses[["validation"]], losses[["test"]]))
}

# %% choosing
# A hundred models, each the fitted weights with a bit of
# noise on them. Keep the one with the lowest validation loss.
torch_manual_seed(3)
models <- lapply(1:100, function(i) fitted + torch_randn(20, dtype = torch_float64()) * 0.1)
validation <- vapply(models, function(w) loss_on(rows$validation, w)$item(), 1)
# What each is worth on new data: the noise, and its distance from the truth.
new_data <- vapply(models, function(w) 1 + (w - weights)$pow(2)$sum()$item(), 1)
best <- which.min(validation)
losses <- list("validation" = validation, "new data" = new_data)
for (name in names(losses)) {
  text <- "%-10s   mean of all %.4f   the chosen one %.4f\n"
  cat(sprintf(text, name, mean(losses[[name]]), losses[[name]][best]))
}

# %% per-batch
for (per_batch in c(FALSE, TRUE)) {
  x <- torch_zeros(1, requires_grad = TRUE)
  opt <- optim_sgd(list(x), lr = 0.1)
  scheduler <- lr_step(opt, step_size = 10, gamma = 0.1)
  rates <- NULL
  for (epoch in 1:5) {
    rates <- c(rates, opt$param_groups[[1]]$lr)
    for (batch in 1:12) {
      opt$step()
      if (per_batch) scheduler$step()
    }
    if (!per_batch) scheduler$step()
  }
  name <- if (per_batch) "per batch" else "per epoch"
  cat("stepped ", name, ": ", paste(sprintf("%.1e", rates), collapse = "  "), "\n", sep = "")
}

# %% order
for (too_early in c(FALSE, TRUE)) {
  x <- torch_zeros(1, requires_grad = TRUE)
  opt <- optim_sgd(list(x), lr = 0.1)
  scheduler <- lr_lambda(opt, function(t) 0.5^t)
  used <- NULL
  for (step in 1:4) {
    if (too_early) scheduler$step()
    used <- c(used, opt$param_groups[[1]]$lr)
    opt$step()
    if (!too_early) scheduler$step()
  }
  name <- if (too_early) "before the optimizer" else "after the optimizer"
  rates <- paste(sprintf("%.4f", used), collapse = "  ")
  cat(sprintf("scheduler %-21s", name), rates, "\n", sep = "")
}

# %% object-warning
opt <- optim_sgd(list(torch_zeros(1, requires_grad = TRUE)), lr = 0.1)
scheduler <- lr_lambda(opt, function(t) 0.5^t)
caught <- 0
withCallingHandlers(
  {
    scheduler$step()
    invisible(opt$step())
  },
  warning = function(w) caught <<- caught + 1
)
cat(sprintf("warnings of R: %d\n", as.integer(caught)))

# %% resume
opt <- optim_sgd(list(torch_zeros(1, requires_grad = TRUE)), lr = 0.1)
scheduler <- lr_step(opt, step_size = 4, gamma = 0.5)
for (step in 0:5) {
  opt$step()
  scheduler$step()
}
saved <- list(optimizer = opt$state_dict(), scheduler = scheduler$state_dict())

opt <- optim_sgd(list(torch_zeros(1, requires_grad = TRUE)), lr = 0.1)
scheduler <- lr_step(opt, step_size = 4, gamma = 0.5)
opt$load_state_dict(saved$optimizer)
scheduler$load_state_dict(saved$scheduler)
rates <- NULL
for (step in 6:11) {
  rates <- c(rates, opt$param_groups[[1]]$lr)
  opt$step()
  scheduler$step()
}
cat("steps 6 to 11: ", paste(sprintf("%.4f", rates), collapse = "  "), "\n", sep = "")

# %% plot
figure <- plot_schedules(list(stays, rises, restarts), labels = c("stays", "rises", "restarts"))

# %% refusals
for (schedule in list(
  list(name = "cosine", steps = 0),
  list(name = "exponential", gamma = 1.2),
  list(name = "multi_step", milestones = c(30, 10)),
  list(name = "warmup", warmup = 50, then = list(name = "cosine", steps = 40))
)) {
  line <- tryCatch(make_schedule(schedule, lr = 0.1), gradpath_error = conditionMessage)
  cat(line, "\n", sep = "")
}

# %% solution-1
# The rate at which a bounce is just allowed: the excess must be below 0.01.
c1 <- 0.4
s <- 1.5
for (lr in c(0.1, 0.01, 0.005, 0.004)) {
  cat(sprintf("rate %.3f: excess %.5f\n", lr, c1 * lr^2 * s^2 / (1 - (1 - lr * c1)^2)))
}

# %% solution-2
# One descent against three troughs on the noisy bowl, from the same noise.
schedules <- list(
  "one descent" = list(name = "cosine", steps = 200),
  "three troughs" = list(name = "cosine_periodic", half_period = 40)
)
for (name in names(schedules)) {
  ends <- vapply(0:9, FUN.VALUE = 1, function(seed) {
    path <- descend(
      "isotropic_paraboloid", c(6, 6), "sgd", 200,
      lr = 0.8, noise = 1.5, seed = seed, schedule = schedules[[name]]
    )
    path$value[201] + 5
  })
  cat(sprintf("%-13s ends %.4f above the minimum, mean of 10 runs\n", name, mean(ends)))
}

# %% solution-3
# Reaching a hundredth of the rate in 40 epochs: three ways, and where each is half-way.
schedules <- list(
  "exponential" = list(name = "exponential", gamma = gamma_for(0.1, 0.001, 40)),
  "cosine" = list(name = "cosine", steps = 40, lr_min = 0.001),
  "polynomial" = list(name = "polynomial", steps = 40, power = 1)
)
for (name in names(schedules)) {
  rate <- make_schedule(schedules[[name]], 0.1)
  total <- sum(vapply(0:39, rate, 1))
  cat(sprintf("%-11s rate at epoch 20: %.4f, sum of 40 rates: %.4f\n", name, rate(20), total))
}

# %% solution-4
for (gamma in c(0.91201, gamma_for(lr = 1, lr_final = 0.1, epochs = 50))) {
  cat(sprintf("gamma %.6f: after 50 epochs %.6f of the rate\n", gamma, gamma^50))
}
cat(sprintf("to a hundredth: gamma %.6f\n", gamma_for(lr = 1, lr_final = 0.01, epochs = 50)))

# %% solution-5
for (epochs in c(10, 20, 50, 100)) {
  half <- epochs %/% 3
  rates <- vapply(
    seq_len(epochs) - 1, cosine_periodic_schedule, 1,
    lr = 0.1, half_period = half, lr_min = 0.0001
  )
  text <- "%3d epochs, half period %2d: rate %.5f in epoch %2d, %.5f in the last, epoch %2d\n"
  last <- rates[epochs]
  counts <- as.integer(c(epochs, half, 3 * half, epochs - 1))
  cat(sprintf(text, counts[1], counts[2], rates[3 * half + 1], counts[3], last, counts[4]))
}

# %% solution-6
torch_manual_seed(2)
both <- train(watch = TRUE, chosen = torch_cat(list(rows$train, rows$validation)))
models <- list("apart" = watched, "among the training rows" = both)
for (name in names(models)) {
  losses <- vapply(rows, function(part) loss_on(part, models[[name]])$item(), 1)
  text <- "validation rows %-23s   validation %.4f   test %.4f\n"
  cat(sprintf(text, name, losses[["validation"]], losses[["test"]]))
}
cat(sprintf("the true weights: validation %.4f\n", loss_on(rows$validation, weights)$item()))
