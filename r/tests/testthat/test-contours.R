ravine <- function(...) descend("anisotropic_paraboloid", c(5.1, 2.3), ...)

test_that("levels are quantiles, close where the surface is low", {
  levels <- contour_levels(seq(0, 196))
  expect_equal(levels, (0:14)^2)
  expect_equal(contour_levels(c(1, 1, 1)), 1)
})

test_that("the grid covers the window", {
  skip_without_engine()
  grid <- contour_grid(get_surface("saddle"), c(-1, 2, -3, 4))
  expect_equal(nrow(grid), 81 * 81)
  expect_equal(range(grid$x1), c(-1, 2))
  expect_equal(range(grid$x2), c(-3, 4))
  expect_equal(grid$value, grid$x1^2 - grid$x2^2)
})

test_that("arrow heads sit on long segments inside the window", {
  path <- data.frame(x1 = c(0, 5, 5.1, 20, 30), x2 = c(0, 0, 0, 0, 0))
  expect_equal(arrow_segments(path, c(-10, 15, -3, 3)), c(1, 3))
})

test_that("a label's anchor is the point farthest from the other paths", {
  path <- data.frame(x1 = c(0, 1, 2), x2 = c(0, 0, 0))
  other <- data.frame(x1 = 2, x2 = 1)
  expect_equal(label_anchor(path, list(other), c(-3, 3, -3, 3)), c(0, 0))
  expect_equal(label_anchor(path, list(), c(-3, 3, -3, 3)), c(1, 0))
  expect_equal(label_anchor(path, list(), c(10, 11, 10, 11)), c(0, 0))
  placed <- label_place(path, list(other), c(-3, 3, -3, 3), c(1.4, 2))
  expect_equal(placed, list(at = c(1.4, 2), anchor = c(1.5, 0)))
})

test_that("a plot is made of contours, paths, arrows, ends and labels", {
  skip_without_engine()
  paths <- list(ravine("sgd", 10, lr = 0.4), ravine("adagrad", 7, lr = 3.7))
  plot <- plot_paths(paths, labels = c("a", "b"), label_at = list(c(1, 1), NULL), title = "Two")
  expect_s3_class(plot, "ggplot")
  expect_equal(plot$labels$title, "Two")
  geoms <- vapply(plot$layers, function(layer) class(layer$geom)[[1]], "")
  expect_equal(sum(geoms == "GeomContourFilled"), 1)
  expect_equal(sum(geoms == "GeomPath"), 4)
  expect_equal(sum(geoms == "GeomPoint"), 4)
  expect_equal(sum(geoms == "GeomCustomAnn"), 3)
  expect_equal(default_label(paths[[2]]), "adagrad, lr 3.7")
})

test_that("one path alone, a square window and the dark theme are drawn", {
  skip_without_engine()
  plot <- plot_paths(descend("saddle", c(1, 0.1), "sgd", 5, lr = 0.1), theme = "dark")
  expect_equal(attr(plot, "size"), c(5.6, 5.6))
  for (ending in c(".svg", ".png")) {
    file <- tempfile(fileext = ending)
    save_plot(plot, file)
    expect_gt(file.size(file), 5000)
  }
})

test_that("bad arguments are refused", {
  path <- data.frame(step = 0, x1 = 0, x2 = 0, value = 0)
  expect_equal(message_of(plot_paths(path, "saddle", theme = "grey")),
               "plot_paths(): theme: 'grey' is not accepted; use one of light, dark")
  expect_match(message_of(plot_paths(path, "bowl")), "plot_paths(): surface: 'bowl' is not accepted", fixed = TRUE)
})

test_that("both languages use the same colours, sizes and levels", {
  of <- function(file) readLines(project_file("python", "gradpath", "pictures", file))
  text <- c(of("colours.py"), of("contours.py"))
  colours <- tolower(unlist(c(THEMES, MORE_COLOURS, STEP_COLOURS)))
  expect_setequal(unlist(regmatches(text, gregexpr("#[0-9a-f]{6}", text))), unique(colours))
  constant <- function(name) as.numeric(sub(".*= ", "", grep(paste0("^", name, " = "), text, value = TRUE)))
  expect_equal(c(constant("GRID"), constant("LEVELS"), constant("ARROW_SHARE")), c(GRID, LEVELS, ARROW_SHARE))
})
