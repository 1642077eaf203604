my_adam <- function(x, g, state, lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8) {
  if (!length(state)) state <- list(t = 0, m = torch_zeros_like(x), v = torch_zeros_like(x))
  t <- state$t + 1
  m <- state$m * beta1 + g * (1 - beta1)
  v <- state$v * beta2 + g * g * (1 - beta2)
  x <- x - m / (1 - beta1^t) * lr / (torch_sqrt(v / (1 - beta2^t)) + eps)
  list(x = x, state = list(t = t, m = m, v = v))
}

my_momentum <- function(x, g, state, lr, momentum = 0.9) {
  v <- if (length(state)) state$v * momentum + g else g
  list(x = x - v * lr, state = list(v = v))
}

no_rate <- function(x, g, state) list(x = x - g * 0.01, state = state)

columns <- function(path) as.list(path[c("x1", "x2", "value")])

test_that("the same formula gives the same path to the last bit", {
  skip_without_engine()
  schedules <- list(NULL, list(name = "plateau", patience = 2), function(t) 0.1 / (t + 1))
  for (schedule in schedules) {
    for (noise in c(0, 0.3)) {
      by <- function(rule, ...) {
        descend("beale", c(1, 1), rule, 20, lr = 0.1, schedule = schedule, noise = noise, seed = 4, ...)
      }
      expect_identical(columns(by(my_adam)), columns(by("adam")))
      expect_equal(columns(by(my_adam, method = "optim")), columns(by("adam")), tolerance = 1e-12)
    }
  }
  path <- descend("beale", c(1, 1), my_momentum, 20, lr = 0.01)
  expect_identical(columns(path), columns(descend("beale", c(1, 1), "momentum", 20, lr = 0.01)))
  expect_identical(attr(path, "optimizer"), "my_momentum")
  expect_match(attr(path, "rule_source"), "^[0-9a-f]{16}$")
  expect_null(attr(descend("beale", c(1, 1), "sgd", 1), "rule_source"))
  expect_identical(attr(descend("beale", c(1, 1), function(x, g, state) no_rate(x, g, state), 1), "optimizer"), "function")
})

test_that("a map is that of the same formula", {
  skip_without_engine()
  bowl <- "anisotropic_paraboloid"
  rates <- c(0.01, 0.1, 0.5, 3)
  ours <- steps_to_reach(bowl, c(5.1, 2.3), my_adam, 60, lr = rates, beta1 = c(0.1, 0.5, 0.9))
  theirs <- steps_to_reach(bowl, c(5.1, 2.3), "adam", 60, lr = rates, beta1 = c(0.1, 0.5, 0.9))
  for (column in names(theirs)) expect_identical(ours[[column]], theirs[[column]])
  expect_identical(attr(ours, "optimizer"), "my_adam")
  expect_true(all(c("reached", "not reached") %in% ours$status))
})

test_that("what is missing, or cannot be, is refused in one line", {
  skip_without_engine()
  expect_identical(
    message_of(descend("beale", c(1, 1), no_rate, 3, schedule = list(name = "cosine", steps = 3))),
    "descend(): schedule: no_rate has no hyperparameter lr, which a schedule changes; use none"
  )
  expect_identical(
    message_of(as_optimizer(my_momentum, f64(1))),
    "as_optimizer(): lr: is missing; use a finite number >= 0, since my_momentum has no default"
  )
  # What a rule does wrong is held against Python's words in tests/rules/test_own_rule.py.
  broken <- function(x, g, state) stop("no way")
  expect_identical(
    message_of(descend("beale", c(1, 1), broken, 3)),
    "descend(): optimizer: broken, step 1: your function failed: no way (in broken(x, g, state))"
  )
  later <- function(x, g, state) if (length(state)) x else list(x = x - g * 0.01, state = list(t = 1))
  expect_match(message_of(descend("beale", c(1, 1), later, 3)), "^descend\\(\\): optimizer: later, step 2: gave no pair;")
  expect_match(message_of(descend("beale", c(1, 1), later, 3, method = "optim")), "later, step 2: gave no pair;")
})

test_that("a default that R finds during the call is R's to find", {
  skip_without_engine()
  halving <- function(x, g, state, lr = 0.1, half = lr / 2) list(x = x - g * half, state = state)
  path <- descend("beale", c(1, 1), halving, 5, lr = 0.2)
  expect_identical(columns(path), columns(descend("beale", c(1, 1), "sgd", 5, lr = 0.1)))
  expect_identical(attr(path, "hyperparameters"), list(lr = 0.2))
  path <- descend("beale", c(1, 1), halving, 5, half = 0.1)
  expect_identical(columns(path), columns(descend("beale", c(1, 1), "sgd", 5, lr = 0.1)))
})

two_groups <- function(beta = list(beta1 = 0.5)) {
  parameters <- list(f64(5.1, 2.3)$requires_grad_(), f64(1, -2, 3)$requires_grad_(), f64(0.5)$requires_grad_())
  groups <- list(list(params = parameters[1:2]), c(list(params = parameters[3], lr = 0.3), beta))
  list(parameters = parameters, groups = groups)
}

take <- function(parameters, opt, steps = 10, scheduler = NULL) {
  # Made before the first step, of which it has to know.
  force(scheduler)
  for (i in seq_len(steps)) {
    opt$zero_grad()
    Reduce(`+`, lapply(parameters, function(p) (p^4)$sum() + (p^2)$sum() * 0.3))$backward()
    opt$step()
    if (!is.null(scheduler)) scheduler$step()
  }
  unlist(lapply(parameters, as.numeric))
}

test_that("groups and the library's scheduler give the library's numbers", {
  skip_without_engine()
  given <- two_groups(list(betas = c(0.5, 0.999)))
  theirs <- optim_ignite_adam(given$groups, lr = 0.1)
  expected <- take(given$parameters, theirs, scheduler = lr_step(theirs, 3, 0.5))
  for (rule in list(my_adam, "adam")) {
    given <- two_groups()
    opt <- as_optimizer(rule, given$groups, lr = 0.1)
    expect_true(is_optimizer(opt))
    expect_equal(take(given$parameters, opt, scheduler = lr_step(opt, 3, 0.5)), expected, tolerance = 1e-12)
    expect_equal(vapply(opt$param_groups, function(group) group$lr, 1), c(0.0125, 0.0375))
  }
})

test_that("every rule of ours is an optimizer object", {
  skip_without_engine()
  for (name in optimizer_names()) {
    x <- f64(1, 1)$requires_grad_()
    opt <- as_optimizer(name, x, lr = 0.01)
    for (i in 1:5) {
      opt$zero_grad()
      get_surface("beale")(x)$backward()
      opt$step()
    }
    expect_identical(as.numeric(x), last_point(descend("beale", c(1, 1), name, 5, lr = 0.01)))
  }
})

test_that("a state goes into another object and the steps go on", {
  skip_without_engine()
  counting <- function(x, g, state, lr = 0.1) {
    seen <- if (length(state)) state$seen + 1L else torch_tensor(1L)
    t <- (if (length(state)) state$t else 0) + 1
    list(x = x - g * (lr / t), state = list(t = t, seen = seen, x = x, g = g))
  }
  given <- two_groups(NULL)
  opt <- as_optimizer(counting, given$groups, lr = 0.01)
  take(given$parameters, opt, 4)
  saved <- opt$state_dict()
  copies <- lapply(given$parameters, function(p) p$detach()$clone()$requires_grad_())
  again <- as_optimizer(counting, list(list(params = copies[1:2]), list(params = copies[3])), lr = 7)
  again$load_state_dict(saved)
  expect_identical(vapply(again$param_groups, function(group) group$lr, 1), c(0.01, 0.3))
  restored <- again$state_dict()$state[["3"]]
  expect_identical(restored$t, 4)
  expect_true(restored$seen$dtype == torch_int64() && restored$seen$item() == 4)
  # What was kept of the last point and gradient is neither the point nor the gradient of now.
  expect_false(restored$x$item() == copies[[3]]$item())
  expect_identical(take(copies, again, 4), take(given$parameters, opt, 4))
  expect_identical(saved$state[["3"]]$t, 4)
})

test_that("closures, parameters without a gradient and new groups go as in the library", {
  skip_without_engine()
  x <- f64(2)$requires_grad_()
  y <- f64(2)$requires_grad_()
  opt <- as_optimizer(no_rate, list(x, y))
  value <- opt$step(function() {
    opt$zero_grad()
    loss <- (x^2)$sum()
    loss$backward()
    loss
  })
  expect_equal(c(value$item(), x$item(), y$item()), c(4, 1.96, 2))
  opt <- as_optimizer(my_momentum, x, lr = 0.1)
  opt$step()
  after <- x$item()
  expect_equal(after, 1.96 - 0.1 * 4)
  # Without a gradient, not with one of zero, which the velocity would outlast.
  opt$zero_grad()
  opt$step()
  expect_identical(x$item(), after)
  opt$add_param_group(list(params = y, lr = 0.5))
  expect_equal(opt$param_groups[[2]]$momentum, 0.9)
  expect_match(message_of(opt$add_param_group(list(params = f64(1), eta = 1))), "eta: 1 is not accepted; use a hyper")
  expect_error(opt$step(function() stop("in the closure")), "in the closure")
})

test_that("a network is trained by it, by either method, and goes on from a checkpoint", {
  skip_without_engine()
  by <- function(rule, method, ..., lr = 0.02, epochs = 4) {
    model <- small_network()
    table <- train(model, optimizer = rule, method = method, lr = lr, clip = list(norm = 0.5), epochs = epochs, ...)
    list(table = table, weights = weights(model))
  }
  expect_identical(by(my_adam, "manual")$weights, by("adam", "manual")$weights)
  expect_equal(by(my_adam, "optim")$weights, by("adam", "optim")$weights, tolerance = 1e-9)
  by_its_norm <- function(x, g, state, lr = 0.1) {
    length <- g$norm()
    t <- if (is.null(state$t)) 1 else state$t + 1
    list(x = x - g / (length + 1e-12) * lr, state = list(length = length, t = t, flag = TRUE, count = 2L))
  }
  expect_identical(by(by_its_norm, "manual")$weights, by(by_its_norm, "optim")$weights)
  for (rule in list(my_adam, by_its_norm)) {
    for (method in c("manual", "optim")) {
      file <- tempfile(fileext = ".safetensors")
      by(rule, method, epochs = 2, checkpoint = file)
      again <- by(rule, method, checkpoint = file)
      whole <- by(rule, method)
      expect_identical(again$weights, whole$weights)
      expect_identical(without_seconds(again$table), without_seconds(whole$table))
      rule_of_that_name <- function(x, g, state, lr = 0.1, eps = 1e-8) list(x = x, state = state)
      said <- message_of(by(rule_of_that_name, method, checkpoint = file))
      expect_match(said, "was made with rule_source '[0-9a-f]{16}', this run has '[0-9a-f]{16}'")
    }
  }
})

test_that("a rule without a rate has none in its table and its pictures", {
  skip_without_engine()
  table <- train(optimizer = no_rate, epochs = 2)
  expect_identical(table$lr, c(NaN, NaN))
  expect_identical(default_run_label(table), "no_rate")
  expect_identical(default_label(descend("beale", c(1, 1), no_rate, 2)), "no_rate")
  expect_identical(default_label(descend("beale", c(1, 1), my_adam, 2, lr = 0.1)), "my_adam, lr 0.1")
  expect_match(message_of(train(optimizer = my_adam, fused = TRUE)), "fused: true is not accepted; use false, or method")
  remembering <- function(x, g, state) list(x = x - g * 0.1, state = list(all = list(1)))
  expect_identical(
    message_of(train(optimizer = remembering, checkpoint = tempfile(), epochs = 1)),
    paste0(
      "train_network(): optimizer: remembering keeps 'all', neither a tensor nor a number, in its state; a checkpoint",
      " holds only those"
    )
  )
})
