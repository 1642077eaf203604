schedules <- list(
  list(name = "constant"),
  list(name = "exponential", gamma = 0.97),
  list(name = "step", step_size = 7, gamma = 0.5),
  list(name = "multi_step", milestones = c(3, 9, 200)),
  list(name = "factor", factor = 0.9, lr_min = 0.01),
  list(name = "inverse_sqrt"),
  list(name = "polynomial", steps = 300, power = 2.5),
  list(name = "cosine", steps = 30, lr_min = 0.01),
  list(name = "cosine_periodic", half_period = 13, lr_min = 0.01),
  list(name = "cosine_restarts", steps = 7, growth = 2),
  list(name = "warmup", warmup = 5, then = list(name = "cosine", steps = 30)),
  list(name = "warmup", warmup = 5, start_factor = 0, then = function(t) 0.1 / (t + 1)),
  list(name = "one_cycle", steps = 400),
  list(
    name = "chained",
    schedules = list(list(name = "step", step_size = 9), list(name = "polynomial", steps = 40))
  ),
  list(name = "lambda", lr_lambda = function(t) 0.9^t),
  list(name = "plateau", patience = 3, factor = 0.2, cooldown = 2)
)

test_that("by hand equals the library over 500 steps", {
  skip_without_engine()
  expect_setequal(vapply(schedules, `[[`, "", "name"), schedule_names())
  metrics <- c(1 / (1:10), rep(0.1, 490))
  for (schedule in schedules) {
    by_hand <- schedule_rates(schedule, 0.1, 500, "manual", metrics)
    built_in <- schedule_rates(schedule, 0.1, 500, "optim", metrics)
    expect_length(by_hand, 500)
    expect_lt(max(abs(by_hand - built_in)) / max(by_hand), 1e-12, label = schedule$name)
  }
})

test_that("of random schedules, every one by hand equals the library over 500 steps", {
  skip_without_engine()
  seeds <- 1:4
  drawn <- 0
  for (kind in schedule_names()) {
    for (seed in seeds) {
      set.seed(seed)
      lr <- stats::runif(1, 0.001, 1)
      metrics <- random_metrics()
      schedule <- random_schedule(kind)
      by_hand <- schedule_rates(schedule, lr, 500, "manual", metrics)
      built_in <- schedule_rates(schedule, lr, 500, "optim", metrics)
      shown <- paste(kind, "from seed", seed)
      expect_length(by_hand, 500)
      expect_lte(max(abs(by_hand - built_in)) / max(by_hand), 1e-12, label = shown)
      # A draw that leaves the rate alone would say nothing; only these two may.
      if (!kind %in% c("constant", "chained")) expect_gt(length(unique(by_hand)), 1, label = shown)
      drawn <- drawn + 1
    }
  }
  expect_equal(drawn, length(schedule_names()) * length(seeds))
})

test_that("a number alone is a list of milestones in R's own code, and none in a file", {
  halved_at_5 <- rep(c(1, 0.5), each = 5)
  schedule <- list(name = "multi_step", milestones = 5, gamma = 0.5)
  expect_equal(vapply(0:9, make_schedule(schedule, 1), 1), halved_at_5)
  expect_equal(check_path_schedule("here", schedule, 9, schedule_parameters())$milestones, 5)
  expect_equal(
    message_of(check_path_schedule("here", schedule, 9, schedule_parameters(), declared = TRUE)),
    paste(
      "here, schedule 'multi_step': milestones: 5 is not accepted;",
      "use a list of whole numbers >= 1, each larger than the one before"
    )
  )
  file <- tempfile(fileext = ".yaml")
  entry <- "schedules: [{id: a, title: A, lr: 1, steps: 9, schedule: {name: multi_step, milestones: %s}}]"
  writeLines(sprintf(entry, "[5]"), file)
  expect_equal(as.numeric(unlist(read_schedules(file)$a$schedule$milestones)), 5)
  writeLines(sprintf(entry, "5"), file)
  expect_match(message_of(read_schedules(file)), "milestones: 5 is not accepted; use a list", fixed = TRUE)
})

test_that("a saved scheduler goes on with the same rates", {
  skip_without_engine()
  drive <- function(opt, scheduler, steps) {
    vapply(steps, FUN.VALUE = 1, function(t) {
      rate <- as.numeric(opt$param_groups[[1]]$lr)
      opt$step()
      step_scheduler(scheduler, 1 / min(t, 20))
      rate
    })
  }
  for (schedule in schedules) {
    start <- function() {
      opt <- make_optimizer("sgd", torch_zeros(1, requires_grad = TRUE), lr = 0.1)
      list(opt = opt, scheduler = make_scheduler(schedule, opt))
    }
    whole <- start()
    expected <- drive(whole$opt, whole$scheduler, 1:60)
    before <- start()
    first <- drive(before$opt, before$scheduler, 1:23)
    after <- start()
    after$opt$load_state_dict(before$opt$state_dict())
    after$scheduler$load_state_dict(before$scheduler$state_dict())
    rest <- drive(after$opt, after$scheduler, 24:60)
    expect_equal(c(first, rest), expected, tolerance = 1e-15, label = schedule$name)
  }
})

test_that("a plateau by hand goes on from its saved state", {
  losses <- c(3, 2, 2, 2, 1.9, 2, 2, 2, 2, 2)
  whole <- plateau_schedule(0.1, patience = 1, factor = 0.5)
  expected <- vapply(losses, whole$step, 1)
  before <- plateau_schedule(0.1, patience = 1, factor = 0.5)
  first <- vapply(losses[1:4], before$step, 1)
  after <- plateau_schedule(0.1, patience = 1, factor = 0.5)
  after$load_state_dict(before$state_dict())
  expect_equal(c(first, vapply(losses[5:10], after$step, 1)), expected)
  expect_lt(after$lr, 0.1)
})

test_that("rates recorded with {torch} come out again", {
  skip_without_engine()
  recorded <- read_recording("torch_schedules.csv")
  declared <- read_schedules(project_file("shared_figures", "schedules.yaml"))
  declared <- Filter(function(entry) !is.null(entry$recorded), declared)
  expect_setequal(vapply(declared, `[[`, "", "recorded"), recorded$schedule)
  for (entry in declared) {
    taped <- recorded$lr[recorded$schedule == entry$recorded]
    for (method in c("manual", "optim")) {
      rates <- schedule_rates(entry$schedule, entry$lr, entry$steps, method, entry$metrics)
      expect_lt(max(abs(rates / taped - 1)), 1e-7, label = entry$id)
    }
  }
})

test_that("noise comes from its seed and leaves the reader's own draws alone", {
  skip_without_engine()
  run <- function(seed, steps = 10) {
    descend("isotropic_paraboloid", c(6, 6), "sgd", steps, lr = 0.1, noise = 1, seed = seed)
  }
  expect_equal(run(3)$x1, run(3)$x1)
  expect_equal(run(3, 40)$x1[1:11], run(3)$x1)
  expect_false(isTRUE(all.equal(run(3)$x1, run(4)$x1)))
  torch_manual_seed(1)
  expected <- as.numeric(torch_randn(2))
  torch_manual_seed(1)
  run(5)
  expect_equal(as.numeric(torch_randn(2)), expected)
})

test_that("a schedule that makes no sense is refused", {
  expect_equal(
    message_of(make_schedule(list(name = "multi_step", milestones = c(9, 3)), 0.1)),
    paste(
      "make_schedule(), schedule 'multi_step': milestones: [9, 3] is not accepted;",
      "use a list of whole numbers >= 1, each larger than the one before"
    )
  )
  expect_match(message_of(plateau_schedule(0.1)$step()), "metric: null is not accepted; use a finite number")
})

test_that("pictures of schedules are drawn", {
  rate <- make_schedule(list(name = "cosine", steps = 9), 0.1)
  rates <- list(vapply(0:11, rate, 1), vapply(0:5, rate, 1))
  file <- save_plot(plot_schedules(rates, c("one", "two"), "Two"), tempfile(fileext = ".png"))
  expect_gt(file.size(file), 5000)
  expect_match(message_of(plot_schedules(rates, theme = "neon")), "theme: 'neon' is not accepted")
})

test_that("a schedule is asked for as many rates as there are updates", {
  skip_without_engine()
  for (method in c("manual", "optim")) {
    for (steps in c(0, 1, 5)) {
      rates <- 0.1 / seq_len(steps)
      own <- function(t) rates[[t + 1]]
      expect_identical(schedule_rates(own, 0.1, steps, method = method), rates)
      named <- list(name = "lambda", lr_lambda = own)
      expect_identical(schedule_rates(named, 1, steps, method = method), rates)
      path <- descend("isotropic_paraboloid", c(6, 6), "sgd", steps, method = method, schedule = own)
      expect_identical(nrow(path), as.integer(steps + 1))
      path <- descend("isotropic_paraboloid", c(6, 6), "sgd", steps, method = method, lr = 1, schedule = named)
      expect_identical(nrow(path), as.integer(steps + 1))
    }
  }
})
