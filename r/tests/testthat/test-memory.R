# {torch} does not copy the memory of a matrix that has one row or column and holds the tensor's own type. So the
# package makes no tensor from a matrix, and what it makes is its own: a garbage collection does not touch it.

VALUES <- c(0.2, -1.3, -0.5)
COUNTS <- c(4L, 1L, 3L)

# Collects garbage, twice, since R holds on to what a call just returned, and puts other numbers where it was. They
# are kept: the next time, what is free is what became free since.
.litter <- new.env()
collect_garbage <- function() {
  gc()
  gc()
  kept <- lapply(rep(c(1, 2, 4, 8), 4000), function(size) rep(-77, size))
  assign(paste0("n", length(ls(.litter))), kept, envir = .litter)
}

# Every form that is a view in {torch}: what is added to the tensor, is added to the matrix.
changed_through_tensor <- function(array, ...) {
  before <- array + 0L
  tensor <- torch_tensor(array, ...) # nolint: memory_linter. This is the form in question.
  tensor$add_(10L)
  !identical(as.vector(array), as.vector(before))
}

test_that("a tensor made from a matrix of one row or column is a view in {torch} and a copy in engine 'pytorch'", {
  skip_without_engine()
  float64 <- torch_float64()
  int32 <- torch_int32()
  for (shape in list(c(3, 1), c(1, 3), c(3, 1, 1), c(1, 3, 1))) {
    viewed <- c(
      changed_through_tensor(array(VALUES, shape), dtype = float64),
      changed_through_tensor(array(COUNTS, shape), dtype = int32)
    )
    expect_equal(viewed, rep(engine_is("torch"), 2), info = paste(shape, collapse = " x "))
  }
  expect_equal(changed_through_tensor(as_array(f64(VALUES)$reshape(c(3, 1))), dtype = float64), engine_is("torch"))
  # Copied by both: plain vectors, several rows and columns, and whatever is converted.
  expect_false(changed_through_tensor(VALUES, dtype = float64))
  expect_false(changed_through_tensor(array(VALUES, c(3, 2)), dtype = float64))
  expect_false(changed_through_tensor(array(VALUES, c(3, 1))))
  expect_false(changed_through_tensor(array(COUNTS, c(3, 1))))
})

test_that("engine 'pytorch' keeps the numbers of every form through a garbage collection", {
  skip_without_engine()
  skip_if(engine_is("torch"), "engine torch: there these forms are views, as the test before shows")
  made <- lapply(1:50, function(i) {
    list(
      torch_tensor(matrix(VALUES + i, ncol = 1), dtype = torch_float64()), # nolint: memory_linter.
      torch_tensor(matrix(VALUES + i, nrow = 1), dtype = torch_float64()), # nolint: memory_linter.
      torch_tensor(array(COUNTS + i, c(3, 1, 1)), dtype = torch_int32()) # nolint: memory_linter.
    )
  })
  collect_garbage()
  for (i in 1:50) {
    expect_identical(as.numeric(made[[i]][[1]]), VALUES + i)
    expect_identical(as.numeric(made[[i]][[2]]), VALUES + i)
    expect_identical(as.integer(made[[i]][[3]]), COUNTS + i)
  }
})

# Runs code while torch_tensor() is this function and every other verb in use is what `around` makes of it.
with_verbs <- function(code, tensor, around = identity) {
  verbs <- .engine$verbs
  before <- as.list(verbs)
  on.exit(list2env(before, verbs))
  list2env(lapply(before, around), verbs)
  assign("torch_tensor", tensor, envir = verbs)
  force(code)
}

# Everything of the package that makes tensors from R's numbers, at the sizes where a matrix would have one row;
# functions of the caller's own are called between making and reading.
numbers_of_the_package <- function(meanwhile = function() NULL) {
  bowl <- function(x) {
    meanwhile()
    x$pow(2)$sum(-1)
  }
  run <- function(name, ...) descend("anisotropic_paraboloid", c(5.1, 2.3), name, 6, lr = 0.1, ...)
  digits_read <- digits(dtype = "float64")
  few <- split_data(take_data(digits_read$train, 3), 1, seed = 1)
  grid <- contour_grid(get_surface("beale"), c(-1, 1, -1, 1))
  walks <- walk_scene(function(x) x^2, c(2, 1), c(-3, 3), 1)
  trained <- train(epochs = 1, data = made_data(7), method = "optim", clip = list(norm = 1), scores = list(
    one = function(outputs, targets) 1
  ))
  gradients <- f64(3, -4)$requires_grad_()
  (gradients * gradients)$sum()$backward()
  clip_gradients(list(gradients), list(norm = 1))
  list(
    map = as.list(steps_to_reach("anisotropic_paraboloid", c(5.1, 2.3), "sgd", 40, lr = 0.4)),
    column = as.list(steps_to_reach("anisotropic_paraboloid", c(5.1, 2.3), "sgd", 40, lr = c(0.1, 0.4))),
    own = as.list(steps_to_reach(bowl, c(1, 1), "sgd", 9, bottom = 0, lr = 0.25)),
    path = as.list(descend(bowl, c(1, 1), "sgd", 3, lr = 0.25))[1:4],
    grid = sum(grid$value), walks = walks$points$value,
    digits = c(as.numeric(digits_read$train$x$sum()), as.numeric(digits_read$test$y[1:9])),
    split = c(as.numeric(few$train$x$sum()), as.numeric(few$validation$y)),
    noisy = as.list(run("sgd", noise = 0.3, seed = 4))[1:4],
    seeded = as.list(run("rmsprop", method = "optim", init = "gradient"))[1:4],
    by_optim = as.list(run("adam", method = "optim", bias_correction = FALSE, init = "gradient"))[1:4],
    trained = without_seconds(trained), clipped = as.numeric(gradients$grad)
  )
}

test_that("no tensor of the package is made from a matrix", {
  skip_without_engine()
  make <- engine_verb("torch_tensor")
  made <- 0
  from_matrices <- list()
  with_verbs(numbers_of_the_package(), tensor = function(data, ...) {
    made <<- made + 1
    if (length(dim(data)) > 1) from_matrices[[length(from_matrices) + 1]] <<- dim(data)
    make(data, ...)
  })
  expect_gt(made, 10)
  expect_equal(from_matrices, list())
})

test_that("what the package makes keeps its numbers when garbage is collected before they are read", {
  skip_without_engine()
  skip_if(engine_is("pytorch"), "engine pytorch copies; this is about {torch}, which is not installed here")
  make <- engine_verb("torch_tensor")
  expected <- numbers_of_the_package()
  waiting <- FALSE
  collected <- 0
  found <- with_verbs(
    numbers_of_the_package(meanwhile = collect_garbage),
    tensor = function(...) {
      made <- make(...)
      waiting <<- TRUE
      made
    },
    # Whoever made the tensor has let go of R's numbers when the next verb is called.
    around = function(verb) {
      force(verb)
      function(...) {
        if (waiting) {
          waiting <<- FALSE
          collected <<- collected + 1
          collect_garbage()
        }
        verb(...)
      }
    }
  )
  expect_gt(collected, 10)
  expect_identical(found, expected)
  # And without any tensor: 18 steps, as chapter 3 has it.
  expect_equal(expected$map$steps, 18)
  expect_equal(expected$own$steps, 4)
  expect_equal(expected$walks, c(4, 1))
  rm(list = ls(.litter), envir = .litter)
})
