# Paths, schedules, seeds and a network recorded with {torch} itself: every engine must give them.

test_that("the recorded paths come out again", {
  skip_without_engine()
  recorded <- read_recording("torch_paths.csv")
  cases <- jsonlite::read_json(project_file("shared_figures", "recorded_torch", "cases.json"))
  # What the R-written optimizers of {torch} get wrong; the C++ ones are recorded beside them.
  known <- c("rosenbrock-adamw", "anisotropic-sgd-weight-decay", "anisotropic-rmsprop-weight-decay")
  compared <- 0
  for (case in Filter(function(case) !case$id %in% known, cases)) {
    hyper <- case$hyper
    if (!is.null(hyper$betas)) hyper[c("beta1", "beta2")] <- hyper$betas
    hyper <- hyper[!names(hyper) %in% c("betas", "nesterov")]
    optimizer <- sub("ignite_", "", case$optimizer)
    given <- list(case$surface, unlist(case$start), optimizer, case$steps, "optim", case$dtype)
    path <- do.call(descend, c(given, hyper))
    there <- recorded[recorded$id == case$id, ]
    bound <- if (case$dtype == "float64") 1e-12 else 1e-5
    size <- cummax(pmax(abs(there$x1), abs(there$x2)))
    expect_lt(max(abs(path$x1 - there$x1) / size, abs(path$x2 - there$x2) / size), bound, label = case$id)
    compared <- compared + 1
  }
  expect_equal(compared, 17)
})

test_that("seeds draw the recorded numbers and initial weights", {
  skip_without_engine()
  recorded <- read_recording("torch_seeds.csv")
  draws <- list(
    "randn(5) float32" = function() torch_randn(5),
    "randn(5) float64" = function() torch_randn(5, dtype = torch_float64()),
    "rand(5) float32" = function() torch_rand(5),
    "randperm(10)" = function() torch_randperm(10),
    "nn_linear(3,2) weight" = function() nn_linear(3, 2)$weight,
    "nn_conv2d(1,2,3) weight" = function() nn_conv2d(1, 2, 3)$weight
  )
  expect_setequal(names(draws), unique(recorded$draw))
  for (seed in unique(recorded$seed)) {
    for (name in names(draws)) {
      torch_manual_seed(seed)
      drawn <- draws[[name]]()$detach()$reshape(-1)
      there <- recorded[recorded$seed == seed & recorded$draw == name, ]
      expect_identical(as.numeric(drawn), as.numeric(there$value), label = paste(seed, name))
    }
  }
})

test_that("schedules give the recorded rates", {
  skip_without_engine()
  recorded <- read_recording("torch_schedules.csv")
  metric <- c(1 / (1:10), rep(0.1, 12), 0.05, rep(0.05, 17))
  schedules <- list(
    "lr_step(step_size=7,gamma=0.3)" = function(o) lr_step(o, step_size = 7, gamma = 0.3),
    "lr_multiplicative(0.9)" = function(o) lr_multiplicative(o, function(e) 0.9),
    "lr_lambda(0.95^epoch)" = function(o) lr_lambda(o, function(e) 0.95^e),
    "lr_lambda((epoch+1)^-0.5)" = function(o) lr_lambda(o, function(e) (e + 1)^-0.5),
    "lr_cosine_annealing(T_max=12,eta_min=1e-3)" =
      function(o) lr_cosine_annealing(o, T_max = 12, eta_min = 1e-3),
    "lr_one_cycle(max_lr=0.3,total_steps=41)" = function(o) lr_one_cycle(o, max_lr = 0.3, total_steps = 41),
    "lr_reduce_on_plateau(factor=0.2,patience=3)" =
      function(o) lr_reduce_on_plateau(o, factor = 0.2, patience = 3)
  )
  expect_setequal(names(schedules), unique(recorded$schedule))
  for (name in names(schedules)) {
    # lr_one_cycle() needs an optimizer with momentum or betas.
    make <- if (grepl("one_cycle", name)) optim_adam else optim_sgd
    opt <- make(nn_linear(2, 1)$parameters, lr = 0.1)
    schedule <- schedules[[name]](opt)
    rates <- vapply(seq_len(40), FUN.VALUE = 1, function(i) {
      rate <- opt$param_groups[[1]]$lr
      opt$step()
      if (grepl("plateau", name)) schedule$step(metric[[i]]) else schedule$step()
      rate
    })
    expect_equal(rates, recorded$lr[recorded$schedule == name], tolerance = 1e-7, label = name)
  }
})

# 100 rows, 3 features, a 3-32-1 network with ReLU, mean squared error; all drawn after one seed.
network <- function(dtype) {
  torch_manual_seed(42)
  x <- torch_randn(100, 3, dtype = dtype)
  noise <- torch_randn(100, 1, dtype = dtype)
  y <- x$matmul(torch_tensor(c(0.2, -1.3, -0.5), dtype = dtype)$reshape(c(3, 1))) + noise
  first <- nn_linear(3, 32)$to(dtype = dtype)
  second <- nn_linear(32, 1)$to(dtype = dtype)
  list(x = x, y = y, parameters = list(first$weight, first$bias, second$weight, second$bias))
}

network_loss <- function(net) {
  p <- net$parameters
  hidden <- net$x$matmul(p[[1]]$t())$add(p[[2]])$clamp(min = 0)
  (hidden$matmul(p[[3]]$t())$add(p[[4]]) - net$y)$pow(2)$mean()
}

test_that("a network trains as it was recorded", {
  skip_without_engine()
  recorded <- read_recording("torch_network.csv")
  made <- list(
    "sgd lr=0.05" = function(p) optim_ignite_sgd(p, lr = 0.05),
    "momentum lr=0.02 m=0.9" = function(p) optim_ignite_sgd(p, lr = 0.02, momentum = 0.9),
    "adagrad lr=0.1" = function(p) optim_ignite_adagrad(p, lr = 0.1),
    "rmsprop lr=0.01" = function(p) optim_ignite_rmsprop(p, lr = 0.01),
    "adam lr=0.01" = function(p) optim_ignite_adam(p, lr = 0.01),
    "adamw lr=0.01" = function(p) optim_ignite_adamw(p, lr = 0.01)
  )
  for (dtype in c("float64", "float32")) {
    for (name in names(made)) {
      net <- network(if (dtype == "float64") torch_float64() else torch_float32())
      opt <- made[[name]](net$parameters)
      losses <- vapply(0:60, FUN.VALUE = 1, function(step) {
        opt$zero_grad()
        loss <- network_loss(net)
        loss$backward()
        opt$step()
        loss$item()
      })
      there <- recorded$loss[recorded$run == name & recorded$dtype == dtype][1:61]
      bound <- if (dtype == "float64") 1e-12 else 1e-5
      expect_lt(max(abs(losses - there) / there), bound, label = paste(name, dtype))
    }
  }
})

test_that("a network trained by hand gives the recorded losses", {
  skip_without_engine()
  recorded <- read_recording("torch_network.csv")
  net <- network(torch_float64())
  losses <- vapply(0:60, FUN.VALUE = 1, function(step) {
    loss <- network_loss(net)
    loss$backward()
    with_no_grad(for (w in net$parameters) {
      w$sub_(w$grad$mul(0.05))
      w$grad$zero_()
    })
    loss$item()
  })
  there <- recorded$loss[recorded$run == "sgd by hand lr=0.05" & recorded$dtype == "float64"][1:61]
  expect_lt(max(abs(losses - there) / there), 1e-12)
})
