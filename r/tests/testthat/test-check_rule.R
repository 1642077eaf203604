# check_rule(): right rules pass, classic mistakes are named, what breaks is a finding.

source_of <- function(code, name) {
  file <- tempfile(fileext = ".R")
  on.exit(unlink(file))
  writeLines(code, file)
  room <- new.env(parent = asNamespace("gradpath"))
  sys.source(file, room, keep.source = TRUE)
  room[[name]]
}

planted <- function() {
  listed <- yaml::read_yaml(project_file("tests", "checks", "learners_r.yaml"))
  cases <- lapply(names(listed), function(rule) {
    right <- listed[[rule]]$code
    wrong <- lapply(listed[[rule]]$mistakes, function(lines) {
      Reduce(function(code, line) sub(line[[1]], line[[2]], code, fixed = TRUE), lines, right)
    })
    mistakes <- c(list(NULL), as.list(names(wrong)))
    Map(function(code, mistake) list(rule = rule, mistake = mistake, code = code), c(list(right), wrong), mistakes)
  })
  unlist(cases, recursive = FALSE)
}

test_that("a learner's rule passes, and each of its mistakes is named", {
  skip_without_engine()
  for (case in planted()) {
    # A few steps tell all of them apart.
    report <- check_rule(source_of(case$code, case$rule), case$rule, steps = 3)
    expect_identical(report$mistake, case$mistake, info = paste(case$rule, case$mistake))
    expect_identical(report$agrees, is.null(case$mistake), info = paste(case$rule, case$mistake))
  }
})

test_that("a scalar on the left is single precision where {torch} computes, and nothing elsewhere", {
  skip_without_engine()
  on_the_left <- function(x, g, state, lr, momentum) {
    v <- if (length(state)) momentum * state$v + g else g
    list(x = x - lr * v, state = list(v = v))
  }
  report <- check_rule(on_the_left, "momentum", steps = 4)
  expect_identical(report$mistake, if (engine_is("torch")) "single precision")
  expect_identical(report$agrees, !engine_is("torch"))
})

test_that("the rules with switches are our rules without them", {
  skip_without_engine()
  # A rule whose classic mistakes nobody has written down is checked by its numbers alone.
  told <- unlist(lapply(MISTAKES, function(mistake) names(mistake$variants)))
  for (like in intersect(optimizer_names(), told)) {
    for (case in draw_cases(like, names(default_hyperparameters(like)), 6, 1)) {
      ours <- run_steps(function(x, g, state, number) {
        do.call(UPDATE_RULES[[like]], c(list(x, g, state), at_step(case, number)), quote = TRUE)
      }, case)
      expect_identical(run_mistake(like, character(), case)$points, ours$points, info = like)
    }
  }
})

test_that("what breaks is a finding, with the learner's own line", {
  skip_without_engine()
  crash <- source_of(c(
    "crash <- function(x, g, state, lr = 0.1) {", "  n <- if (length(state)) state$n + 1 else 1",
    "  if (n == 3) stop(\"the third step\")", "  list(x = x - g * lr, state = list(n = n))", "}"
  ), "crash")
  report <- check_rule(crash, "sgd")
  expect_identical(report$verdict, "fails")
  expect_match(report$problem, "step 3: failed: the third step .*line 3\\)")
  wrong <- list(
    "returned x of shape (1, 2) in place of (2)" = function(x, g, state) list(x = x$unsqueeze(1), state = state),
    "returned x as float32 in place of float64" = function(x, g, state) {
      list(x = x$to(dtype = torch_float32()), state = state)
    },
    "returned nothing; return x and state" = function(x, g, state) NULL,
    "returned numeric as x; return a tensor" = function(x, g, state) list(x = 1, state = state)
  )
  for (line in names(wrong)) {
    expect_match(check_rule(wrong[[line]], "sgd", steps = 2)$problem, line, fixed = TRUE)
  }
  alone <- check_rule(function(x, g, state, lr) x - g * lr, "sgd", steps = 2)
  expect_identical(alone$mistake, "state not returned")
})

test_that("bad input is refused in one line", {
  skip_without_engine()
  fine <- function(x, g, state, lr) list(x = x - g * lr, state = state)
  wanted <- "use a function of x, g, state and hyperparameters of sgd: lr, weight_decay"
  expect_identical(message_of(check_rule(3, "sgd")), paste0("check_rule(): rule: 3 is not accepted; ", wanted))
  expect_identical(
    message_of(check_rule(function(x, g, lr = 0.1) x, "sgd")),
    paste0("check_rule(): rule: a function of x, g, lr is not accepted; ", wanted)
  )
  expect_identical(
    message_of(check_rule(function(x, g, state, rho) x, "sgd")),
    paste0("check_rule(): rule: takes 'rho', which sgd does not have; ", wanted)
  )
  expect_match(message_of(check_rule(fine, "adm")), "check_rule\\(\\): like: 'adm' is not accepted; use one of sgd")
  expect_match(message_of(check_rule(fine, "sgd", steps = 0)), "use a whole number from 1 to 1000")
  expect_match(message_of(check_rule(fine, "sgd", seed = -1)), "check_rule\\(\\): seed: -1 is not accepted")
})

test_that("a rule may keep things in variables of its own", {
  skip_without_engine()
  counted <- local({
    v <- NULL
    function(x, g, state, lr, momentum) {
      v <<- if (is.null(v)) g else v * momentum + g
      list(x = x - v * lr, state = state)
    }
  })
  expect_true(check_rule(counted, "momentum", steps = 4)$agrees)
  expect_null(environment(counted)$v)
})

test_that("a report prints, is a page's part, and draws itself", {
  skip_without_engine()
  uphill <- function(x, g, state, lr) list(x = x + g * lr, state = state)
  report <- check_rule(uphill, "sgd", steps = 3)
  expect_output(print(report), "uphill against sgd: it differs\n  first in case 1 .*a classic mistake: sign wrong")
  if (requireNamespace("repr", quietly = TRUE)) {
    expect_match(repr::repr_html(report), "<strong>uphill against sgd: it differs</strong>", fixed = TRUE)
  }
  picture <- plot(report, theme = "dark")
  expect_s3_class(picture, "ggplot")
  expect_s3_class(ggplot2::ggplot_build(picture), "ggplot_built")
})
