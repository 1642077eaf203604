test_that("a path is laid onto the surface and ends where the window does", {
  skip_without_engine()
  saddle <- get_surface("saddle")
  path <- descend("saddle", c(1, 0.1), "sgd", 40, lr = 0.1)
  relief <- relief_of(saddle, attr(saddle, "window"), "value")
  laid <- laid_on(relief, saddle, path)
  inside <- abs(path$x2) <= attr(saddle, "window")[[4]]
  expect_true(any(inside) && !all(inside))
  expect_identical(!is.na(laid$points$height), inside)
  expect_equal(laid$points$height[inside], path$value[inside])
  line <- laid$line[!is.na(laid$line$height), ]
  expect_equal(line$height, line$x1^2 - line$x2^2)
  expect_equal(nrow(laid$line), 40 * PIECES + 1)
})

test_that("the root is that of how far a value is above the lowest", {
  skip_without_engine()
  rosenbrock <- get_surface("rosenbrock")
  relief <- relief_of(rosenbrock, attr(rosenbrock, "window"), "root")
  expect_equal(relief$height_of(relief$values)^2 + relief$lowest, relief$values)
  # Rows are x2: the wall stands at x1 = -2, x2 = -1.
  expect_equal(relief$values[1, 1], 9 + 100 * 25)
})

test_that("seen from above and from the front, x1 goes to the right and what is high is up", {
  skip_without_engine()
  bowl <- get_surface("isotropic_paraboloid")
  relief <- relief_of(bowl, attr(bowl, "window"), "value")
  view <- view_of(relief, -90, 30)
  low <- attr(view, "lowest")
  high <- attr(view, "highest")
  at <- function(x1, x2, height) view(data.frame(x1 = x1, x2 = x2, height = height))
  expect_equal(at(high[[1]], low[[2]], low[[3]])$right - at(low[[1]], low[[2]], low[[3]])$right, BOX[[1]])
  expect_equal(at(low[[1]], low[[2]], high[[3]])$up - at(low[[1]], low[[2]], low[[3]])$up, BOX[[3]] * cos(pi / 6))
  expect_gt(at(low[[1]], low[[2]], low[[3]])$near, at(low[[1]], high[[2]], low[[3]])$near)
})

test_that("the view from the side has facets, paths and labels, in both themes", {
  skip_without_engine()
  paths <- lapply(c("sgd", "adam"), function(o) descend("beale", c(1, 1.5), o, 20, lr = 0.01))
  for (theme in names(THEMES)) {
    plot <- plot_paths_3d(paths, labels = c("one", "other"), title = "Two", theme = theme)
    expect_s3_class(plot, "ggplot")
    geoms <- vapply(plot$layers, function(layer) class(layer$geom)[[1]], "")
    # Three walls and the facets; two paths; their points, the ring and the cross; two labels and the start.
    expect_equal(sum(geoms == "GeomPolygon"), 4)
    expect_equal(sum(geoms == "GeomPath"), 2)
    expect_equal(sum(geoms == "GeomPoint"), 4)
    expect_equal(sum(geoms == "GeomCustomAnn"), 3)
    file <- tempfile(fileext = ".png")
    save_plot(plot, file)
    expect_gt(file.size(file), 20000)
  }
})

test_that("what no view from the side has is refused", {
  path <- data.frame(step = 0, x1 = 0, x2 = 0, value = 0)
  said <- function(...) message_of(plot_paths_3d(path, "saddle", ...))
  expect_identical(said(height = "deep"), "plot_paths_3d(): height: 'deep' is not accepted; use one of value, root")
  expect_match(said(turn = "left"), "turn: 'left' is not accepted; use a finite number of degrees", fixed = TRUE)
  expect_match(said(tilt = NaN), "plot_paths_3d(): tilt: nan is not accepted", fixed = TRUE)
  expect_match(said(theme = "grey"), "plot_paths_3d(): theme: 'grey' is not accepted", fixed = TRUE)
})

test_that("both languages look from the same place with the same light", {
  text <- readLines(project_file("python", "gradpath", "pictures", "paths_3d.py"))
  numbers <- function(name) {
    said <- sub(".*= ", "", grep(paste0("^", name, " = "), text, value = TRUE))
    as.numeric(regmatches(said, gregexpr("-?[0-9]+\\.?[0-9]*", said))[[1]])
  }
  ours <- list(FACETS = FACETS, PIECES = PIECES, BOX = BOX, GAIN = unname(GAIN), MOST_MARKERS = MOST_MARKERS,
               LIGHT = LIGHT)
  for (name in names(ours)) expect_equal(numbers(name), ours[[name]], info = name)
})

# A library in place of plotly's, which need not be installed.
small_library <- function(where) charToRaw("/**\n* plotly.js v2.11.1\n*/ const Plotly = {};")

test_that("a page is whole and asks nobody, or finds the library beside it", {
  skip_without_engine()
  path <- descend("beale", c(1, 1.5), "adam", 5, lr = 0.1)
  folder <- new_folder()
  file <- file.path(folder, "page.html")
  with_own(plotly_library = small_library, {
    write_surface_page(file, path, title = "A </script> & more", labels = "</script>")
    write_surface_page(file.path(folder, "other.html"), path, shared = TRUE)
  })
  text <- paste(readLines(file, encoding = "UTF-8"), collapse = "\n")
  expect_match(text, "<title>A &lt;/script&gt; &amp; more</title>", fixed = TRUE)
  expect_length(gregexpr("</script>", text, fixed = TRUE)[[1]], 2)
  expect_false(grepl("<(script|link|img)[^>]+(src|href)=", text))
  picture <- jsonlite::fromJSON(sub(";\nPlotly.*", "", sub(".*const picture = ", "", text)), simplifyVector = FALSE)
  kinds <- vapply(picture$data, `[[`, "", "type")
  expect_equal(kinds, c("surface", "scatter3d", "scatter3d", "scatter3d", "scatter3d"))
  expect_equal(picture$layout$title$text, "A </script> & more")
  expect_equal(unlist(picture$data[[3]]$x), path$x1)
  expect_setequal(dir(folder), c("page.html", "other.html", "plotly.min.js"))
  old <- with_plain_titles(list(title = list(text = "a"), scene = list(xaxis = list(title = list(text = "b")))))
  expect_equal(list(old$title, old$scene$xaxis$title), list("a", "b"))
  expect_equal(plotly_version(small_library()), 2)
})

test_that("what makes no page is refused", {
  skip_without_engine()
  path <- data.frame(step = 0, x1 = 0, x2 = 0, value = 0)
  said <- function(file = "page.html", ...) message_of(write_surface_page(file, path, "saddle", ...))
  expect_identical(
    said("page.svg"), "write_surface_page(): file: 'page.svg' is not accepted; use the name of a file, *.html"
  )
  expect_identical(said(shared = 1), "write_surface_page(): shared: 1 is not accepted; use true or false")
  skip_if(nzchar(system.file(package = "plotly")))
  expect_match(said(), "write_surface_page(): needs plotly, which is not installed; use install", fixed = TRUE)
})
