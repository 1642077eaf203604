take_steps <- function(optimizer, count, ...) {
  x <- f64(5.1, 2.3)$requires_grad_()
  opt <- make_optimizer(optimizer, list(x), ...)
  for (step in seq_len(count)) {
    opt$zero_grad()
    (x^2 * 0.3)$sum()$backward()
    opt$step()
  }
  as.numeric(x)
}

test_that("the library's object takes the same steps as the rule", {
  skip_without_engine()
  for (optimizer in optimizer_names()) {
    x <- f64(5.1, 2.3)
    state <- list()
    for (step in 1:5) {
      done <- UPDATE_RULES[[optimizer]](x, x * 0.6, state, lr = 0.1, weight_decay = 0.01)
      x <- done$x
      state <- done$state
    }
    expect_equal(take_steps(optimizer, 5, lr = 0.1, weight_decay = 0.01), as.numeric(x), tolerance = 1e-13)
  }
})

test_that("several parameters may be given, and one without a list", {
  skip_without_engine()
  a <- f64(1)$requires_grad_()
  b <- f64(2)$requires_grad_()
  opt <- make_optimizer("sgd", list(a, b), lr = 0.5)
  (a * b)$sum()$backward()
  opt$step()
  expect_equal(c(a$item(), b$item()), c(0, 1.5))
  expect_true(is_optimizer(make_optimizer("adam", a)))
})

test_that("a seeded state starts where it is told", {
  skip_without_engine()
  for (optimizer in c("rmsprop", "adam", "adamw")) {
    x <- f64(5.1, 2.3)$requires_grad_()
    opt <- make_optimizer(optimizer, list(x), lr = 0.5, eps = 0)
    (x^2)$sum()$backward()
    seed_state(opt, init = "gradient", bias_correction = FALSE)
    before <- as.numeric(x)
    opt$step()
    shrunk <- if (optimizer == "adamw") before * (1 - 0.5 * 0.01) else before
    # Started at the first gradient, the averages are that gradient, and the step is lr times its sign.
    expect_equal(as.numeric(x), shrunk - 0.5, tolerance = 1e-14)
  }
})

test_that("the library's own start changes nothing", {
  skip_without_engine()
  x <- f64(5.1)$requires_grad_()
  opt <- make_optimizer("adam", x)
  x$sum()$backward()
  seed_state(opt)
  expect_length(opt$state_dict()$state, 0)
})

test_that("bad arguments are refused", {
  said <- message_of(make_optimizer("lion", NULL))
  expect_match(said, "make_optimizer\\(\\): optimizer: 'lion' is not accepted")
  said <- message_of(make_optimizer("sgd", NULL, beta1 = 0.5))
  expect_match(said, "beta1: 0.5 is not accepted; use a hyperparameter of sgd")
})

test_that("weight decay decays the parameter, whatever its position in the group", {
  skip_without_engine()
  decayed <- function(make) {
    x <- lapply(1:2, function(i) f64(10)$requires_grad_())
    opt <- make(x, lr = 1, weight_decay = 0.1)
    (x[[1]] * 0 + x[[2]] * 0)$sum()$backward()
    opt$step()
    vapply(x, function(parameter) parameter$item(), 1)
  }
  expect_equal(decayed(optim_ignite_sgd), c(9, 9))
  # {torch}'s optimizer written in R adds the position in place of the parameter.
  expect_equal(decayed(optim_sgd), if (engine_is("torch")) c(9.9, 9.8) else c(9, 9))
})

test_that("zero_grad() unsets gradients, so that a parameter without a new one stays where it is", {
  skip_without_engine()
  moved <- function(make) {
    x <- f64(1)$requires_grad_()
    opt <- make(list(x), lr = 0.1, momentum = 0.9)
    x$sum()$backward()
    opt$step()
    opt$zero_grad()
    before <- x$item()
    opt$step()
    x$item() - before
  }
  expect_equal(moved(optim_ignite_sgd), 0)
  # {torch}'s optimizer written in R fills zeros, and the momentum goes on.
  expect_equal(moved(optim_sgd), if (engine_is("torch")) -0.09 else 0)
})
