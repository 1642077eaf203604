momentum_map <- function(steps = 120) {
  steps_to_reach(
    "anisotropic_paraboloid", c(5.1, 2.3), "momentum", steps,
    lr = c(0.01, 0.2, 0.45, 0.8, 1.2), momentum = c(0, 0.3, 0.9)
  )
}

test_that("a map made at once is that of single runs", {
  skip_without_engine()
  counts <- momentum_map()
  expect_equal(names(counts), c("lr", "momentum", "steps", "status"))
  expect_equal(counts$momentum[1:4], c(0, 0.3, 0.9, 0))
  for (i in seq_len(nrow(counts))) {
    path <- descend(
      "anisotropic_paraboloid", c(5.1, 2.3), "momentum", 120,
      lr = counts$lr[i], momentum = counts$momentum[i]
    )
    alone <- max(path$step[!(path$value + 5 < 0.01)], -1) + 1
    value <- path$value[nrow(path)]
    if (alone <= 120) {
      expect_equal(counts$status[i], "reached")
      expect_equal(counts$steps[i], alone)
    } else {
      expect_equal(counts$status[i], if (value > path$value[1]) "diverged" else "not reached")
      expect_equal(counts$steps[i], Inf)
    }
  }
  expect_setequal(counts$status, c("reached", "not reached", "diverged"))
})

test_that("a number alone is a single value, and makes no column", {
  skip_without_engine()
  alone <- steps_to_reach("anisotropic_paraboloid", c(5.1, 2.3), "sgd", 40, lr = 0.4)
  expect_equal(names(alone), c("steps", "status"))
  expect_equal(alone$steps, 18)
  expect_equal(attr(alone, "hyperparameters")$lr, 0.4)
})

test_that("runs that explode to no number have diverged", {
  skip_without_engine()
  counts <- steps_to_reach("rosenbrock", c(-1.5, 2), "sgd", 50, lr = c(0.001, 1))
  expect_equal(counts$status, c("not reached", "diverged"))
  own <- steps_to_reach(function(x) x$pow(2)$sum(2) + 7, c(1, 1), "sgd", 9, bottom = 7, lr = c(0.5, 0.25, 2))
  expect_equal(own$steps, c(1, 4, Inf))
})

test_that("a map names its regions and the best cell", {
  skip_without_engine()
  rates <- 10^(0:12 / 6 - 2)
  counts <- steps_to_reach(
    "anisotropic_paraboloid", c(5.1, 2.3), "momentum", 60,
    lr = rates, momentum = 0:9 / 10
  )
  labels <- map_labels(counts, "momentum")
  best <- counts[which.min(counts$steps), ]
  expect_equal(
    vapply(labels, `[[`, "", "text"),
    c("diverges", "more than 60 steps", sprintf("best: %g", best$steps))
  )
  expect_equal(c(labels[[3]]$lr, labels[[3]]$at), c(best$lr, best$momentum))
  for (theme in c("light", "dark")) {
    plot <- plot_steps(counts, "A map", theme)
    expect_s3_class(plot, "ggplot")
    drawn <- vapply(plot$layers, function(layer) nrow(as.data.frame(layer$data)), 1)
    expect_equal(drawn[[1]], sum(counts$status == "reached"))
    expect_equal(drawn[[4]], sum(counts$status == "diverged"))
    file <- save_plot(plot, tempfile(fileext = ".svg"))
    expect_gt(file.size(file), 5000)
  }
})

test_that("cells meet half-way, ticks are round, labels stand where there is room", {
  expect_equal(cell_edges(c(1, 2, 4, 2)), c(0.5, 1.5, 3, 5))
  expect_equal(ticks_between(0.009, 1.5), c(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1))
  grid <- expand.grid(y = 0:10, x = 0:20)
  inside <- grid$x > 12 & grid$y < 9
  expect_equal(unlist(grid[widest_place(grid$x, grid$y, inside), ]), c(y = 4, x = 16))
})

test_that("walks are drawn until they leave their windows", {
  skip_without_engine()
  expect_equal(points_inside(c(1, 2, 9, 1), c(0, 3)), list(points = c(1, 2), left = 9))
  expect_equal(points_inside(c(1, 2), c(0, 3)), list(points = c(1, 2)))
  curves <- list(function(x) x^2, function(x) x^4)
  plot <- plot_walks(curves, list(c(2, 1), c(1, -2, 70)), list(c(-3, 3), c(-3, 3)), c("a", "b"), "Two")
  said <- Filter(function(layer) inherits(layer$geom, "GeomText"), plot$layers)
  expect_equal(trimws(said[[1]]$data$label), "then x = 70")
  expect_gt(file.size(save_plot(plot, tempfile(fileext = ".png"))), 5000)
  expect_match(message_of(plot_walks(curves, list(1), list(1))), "curves: 2 is not accepted; use 1, as many as")
})
