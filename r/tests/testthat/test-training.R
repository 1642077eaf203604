test_that("by hand equals optim", {
  skip_without_engine()
  for (optimizer in optimizer_names()) {
    for (clip in list(NULL, list(norm = 0.05), list(value = 0.01))) {
      models <- list(manual = small_network(), optim = small_network())
      tables <- Map(models, names(models), f = function(model, method) {
        train(model, method = method, optimizer = optimizer, lr = 0.05, weight_decay = 0.02, clip = clip)
      })
      losses <- lapply(tables, attr, "batch_losses")
      about <- paste(optimizer, names(clip))
      expect_equal(losses$manual, losses$optim, tolerance = 1e-12, info = about)
      expect_equal(weights(models$manual), weights(models$optim), tolerance = 1e-11, info = about)
    }
  }
})

test_that("the loop is the one that a reader would write", {
  skip_without_engine()
  data <- made_data()
  ours <- small_network()
  theirs <- small_network()
  table <- train(ours, data, optimizer = "adam", lr = 0.01, seed = 5)
  torch_manual_seed(5)
  opt <- optim_ignite_adam(theirs$parameters, lr = 0.01)
  losses <- numeric()
  for (epoch in 1:4) {
    for (index in torch_split(torch_randperm(90, dtype = torch_int64()) + 1L, 32)) {
      opt$zero_grad()
      loss <- nnf_cross_entropy(theirs(data$x[index, ]), data$y[index])
      loss$backward()
      opt$step()
      losses <- c(losses, loss$item())
    }
  }
  expect_identical(attr(table, "batch_losses"), losses)
})

# A network written in R computes what the library's own sequence of layers does.
two_layers <- function(seed = 0, unused = FALSE) {
  make <- nn_module(
    "two_layers",
    initialize = function() {
      self$first <- nn_linear(6, 8)
      self$second <- nn_linear(8, 3)
      if (unused) self$third <- nn_linear(2, 2)
    },
    forward = function(x) self$second(torch_tanh(self$first(x)))
  )
  torch_manual_seed(seed)
  in_float64(make())
}

test_that("networks, losses and scores of the reader's own give the numbers of the library's", {
  skip_without_engine()
  for (method in c("manual", "optim")) {
    whole <- train(method = method)
    named <- train(two_layers(), method = method)
    expect_identical(attr(named, "batch_losses"), attr(whole, "batch_losses"))
    own <- train_network(
      small_network(), function(outputs, y) nnf_cross_entropy(outputs, y), made_data(),
      scores = list(accuracy = function(outputs, y) accuracy(outputs, y)), epochs = 4, batch_size = 32,
      batch_losses = TRUE, progress = FALSE, method = method
    )
    expect_identical(attr(own, "batch_losses"), attr(whole, "batch_losses"))
    expect_identical(without_seconds(own), without_seconds(whole))
    expect_identical(attr(own, "loss"), "a function")
  }
})

test_that("a parameter that the loss does not depend on stays", {
  skip_without_engine()
  tables <- lapply(c("manual", "optim"), function(method) {
    model <- two_layers(unused = TRUE)
    before <- as_array(model$third$weight)
    table <- train(model, method = method, optimizer = "momentum", lr = 0.1)
    expect_identical(as_array(model$third$weight), before)
    table
  })
  expect_equal(attr(tables[[1]], "batch_losses"), attr(tables[[2]], "batch_losses"), tolerance = 1e-12)
})

test_that("images train by hand and by optim, channels last", {
  skip_without_engine()
  data <- made_data(images = TRUE)
  losses <- lapply(c("manual", "optim"), function(method) {
    model <- images_network()
    table <- train(model, data, method = method, optimizer = "momentum", lr = 0.05)
    # Rows of channels: neighbours in memory are the channels of one place.
    expect_equal(model$parameters[[1]]$stride()[2], 1)
    expect_gt(table$train_accuracy[[4]], 0.6)
    attr(table, "batch_losses")
  })
  expect_equal(losses[[1]], losses[[2]], tolerance = 1e-10)
})

test_that("means are weighted by sample", {
  skip_without_engine()
  table <- train(epochs = 1, optimizer = "sgd", lr = 0.1)
  losses <- attr(table, "batch_losses")
  expect_equal(table$train_loss, stats::weighted.mean(losses, c(32, 32, 26)), tolerance = 1e-15)
  data <- made_data()
  model <- small_network()
  whole <- evaluate_network(model, "cross_entropy", data)
  parts <- evaluate_network(model, "cross_entropy", data, batch_size = 32)
  expect_equal(parts, whole, tolerance = 1e-12)
  outputs <- model(data$x)
  expect_equal(whole$accuracy, mean(as_array(torch_argmax(outputs, dim = 2) == data$y)), tolerance = 1e-12)
  expect_equal(whole$loss, nnf_cross_entropy(outputs, data$y)$item(), tolerance = 1e-12)
})

test_that("the columns stand in order", {
  skip_without_engine()
  part <- made_data(30, seed = 2)
  table <- train(validation = part, test = part, epochs = 2)
  expect_named(table, c(
    "epoch", "seconds", "lr", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "test_loss",
    "test_accuracy"
  ))
  expect_identical(table$epoch, 1:2)
  expect_identical(table$validation_loss, table$test_loss)
  expect_identical(attr(table, "optimizer"), "adamw")
  expect_identical(attr(table, "status"), "finished")
  expect_identical(attr(table, "engine"), engine_info()$name)
  expect_identical(attr(table, "train samples"), 90L)
})

test_that("schedules go on once per epoch or per batch", {
  skip_without_engine()
  cosine <- list(name = "cosine", steps = 4)
  for (method in c("manual", "optim")) {
    table <- train(method = method, lr = 0.1, schedule = cosine)
    expect_equal(table$lr, schedule_rates(cosine, 0.1, 4), tolerance = 1e-12)
    per_batch <- list(name = "cosine", steps = 12)
    table <- train(method = method, lr = 0.1, schedule = per_batch, schedule_every = "batch")
    expect_equal(table$lr, schedule_rates(per_batch, 0.1, 12)[c(1, 4, 7, 10)], tolerance = 1e-12)
    table <- train(method = method, lr = 0.1, schedule = function(t) 0.2 / (t + 1))
    expect_equal(table$lr, 0.2 / (1:4), tolerance = 1e-12)
  }
})

test_that("a plateau watches the validation data", {
  skip_without_engine()
  schedule <- list(name = "plateau", patience = 0, factor = 0.5, threshold = 10, threshold_mode = "abs")
  part <- made_data(30, seed = 2)
  for (method in c("manual", "optim")) {
    # Nothing is better than the first epoch by 10, so the rate halves after each later one.
    table <- train(method = method, optimizer = "sgd", lr = 0.4, schedule = schedule, validation = part)
    expect_equal(table$lr, c(0.4, 0.4, 0.2, 0.1))
    highest <- c(schedule, mode = "max")
    table <- train(method = method, optimizer = "sgd", lr = 0.4, schedule = highest, validation = part,
                   watch = "validation_accuracy")
    expect_equal(table$lr, c(0.4, 0.4, 0.2, 0.1))
  }
})

test_that("scores may be functions that give tensors or numbers, and their errors end the run", {
  skip_without_engine()
  share <- function(outputs, y) (y == 1L)$to(dtype = torch_float64())$mean()
  table <- train(scores = list(share_of_a = share, tenth = function(outputs, y) 0.1))
  expect_equal(table$train_share_of_a, rep(mean(as_array(made_data()$y) == 1), 4))
  expect_identical(table$train_tenth, rep(0.1, 4))
  expect_error(train(scores = list(broken = function(outputs, y) stop("of the score's own"))), "of the score's own")
  expect_error(train(scores = list(many = function(outputs, y) outputs)), "scores: many: gave something else than one number")
})

test_that("divergence ends the table", {
  skip_without_engine()
  table <- train(optimizer = "sgd", lr = 1e308, epochs = 5)
  expect_match(attr(table, "status"), "^diverged in epoch 1, batch [23]$")
  expect_identical(nrow(table), 0L)
})

test_that("the caller's random numbers are left alone, also after an error", {
  skip_without_engine()
  torch_manual_seed(9)
  expected <- as_array(torch_rand(3))
  model <- small_network(dropout = 0.5)
  data <- made_data()
  torch_manual_seed(9)
  train(model, data)
  expect_error(train(model, data, scores = list(broken = function(outputs, y) stop("no"))))
  expect_identical(as_array(torch_rand(3)), expected)
})

test_that("the seed decides order and dropout", {
  skip_without_engine()
  losses <- lapply(c(3, 3, 4), function(seed) attr(train(small_network(dropout = 0.5), seed = seed), "batch_losses"))
  expect_identical(losses[[1]], losses[[2]])
  expect_false(identical(losses[[1]], losses[[3]]))
})

test_that("evaluation leaves the mode as it was", {
  skip_without_engine()
  model <- small_network(dropout = 0.5)
  model$train()
  data <- made_data()
  first <- evaluate_network(model, "cross_entropy", data)
  expect_identical(evaluate_network(model, "cross_entropy", data), first)
  expect_true(model$training)
})

test_that("the memory of dead batches does not pile up", {
  skip_without_engine()
  skip_if_not(file.exists("/proc/self/statm"))
  # {torch} collects by itself, after 4 GB.
  skip_if_not(engine_is("pytorch"))
  resident <- function() scan("/proc/self/statm", quiet = TRUE)[[2]] * 4096 / 2^20
  # 100 batches, whose layers R calls one by one: 20 MB of each would die unseen, 2 GB in all.
  make <- nn_module(
    "wide",
    initialize = function() self$layers <- nn_module_list(list(nn_linear(6, 20000), nn_linear(20000, 3))),
    forward = function(x) self$layers[[2]](torch_tanh(self$layers[[1]](x)))
  )
  model <- in_float64(make())
  train(model, made_data(640), epochs = 1, batch_size = 64)
  before <- resident()
  train(model, made_data(6400), epochs = 1, batch_size = 64)
  expect_lt(resident() - before, 700)
})

test_that("bad input gets one line", {
  skip_without_engine()
  expect_identical(
    message_of(train(schedule = list(name = "plateau"), test = made_data())),
    "train_network(): validation: is missing; a plateau watches validation data, not training or test data"
  )
  expect_identical(
    message_of(train(nn_flatten())),
    "train_network(): model: has no parameter to train; use a network with some"
  )
  expect_identical(
    message_of(train(test = made_data(dtype = torch_float32()))),
    "train_network(): test: is float32 and the model is float64; use the same dtype for both"
  )
  expect_identical(
    message_of(evaluate_network(small_network(), "hinge", made_data())),
    paste0("evaluate_network(): loss: 'hinge' is not accepted; use one of cross_entropy, mse, or a function of ",
           "outputs and targets")
  )
  expect_match(message_of(train(scores = NULL)), "scores: null is not accepted; use one of accuracy")
})

# Counts the calls of a function, and holds what each was given.
counting <- function(f, seen) {
  force(f)
  counted <- function() {
    call <- match.call()
    call[[1]] <- f
    seen$calls <- c(seen$calls, list(lapply(as.list(call)[-1], eval, parent.frame())))
    eval(call, parent.frame())
  }
  formals(counted) <- formals(f)
  counted
}

new_count <- function() list2env(list(calls = list()))

test_that("R's own rule makes every update, on the numbers themselves", {
  skip_without_engine()
  expected <- train(method = "manual", optimizer = "adam", lr = 0.05)
  seen <- new_count()
  table <- with_own(
    RULES = utils::modifyList(RULES, list(adam = list(step = counting(adam, seen)))),
    train(method = "manual", optimizer = "adam", lr = 0.05)
  )
  expect_identical(attr(table, "batch_losses"), attr(expected, "batch_losses"))
  # 90 samples, 32 in a batch, 4 epochs.
  expect_length(seen$calls, 12)
  size <- count_parameters(small_network())
  for (call in seen$calls) {
    for (numbers in call[1:2]) expect_length(as_array(numbers), size)
  }
  expect_identical(lapply(seen$calls, function(call) if (length(call[[3]])) call[[3]]$t else 0), as.list(as.numeric(0:11)))
})

test_that("a rule of the reader's own, with any operation, trains a network", {
  skip_without_engine()
  # Steps of one length, as no rule of the package takes them.
  of_one_length <- function(x, g, state, lr = 1) list(x = x - torch_sign(g) * lr, state = state)
  model <- small_network()
  before <- weights(model)
  train(model, method = "manual", optimizer = of_one_length, lr = 0.25, epochs = 1, batch_size = 90)
  moved <- unlist(Map(function(new, old) new - old, weights(model), before))
  expect_identical(unique(round(abs(moved), 12)), 0.25)
})

test_that("R's loop asks model, loss and score once per batch", {
  skip_without_engine()
  for (method in c("manual", "optim")) {
    asked <- list(model = new_count(), loss = new_count(), score = new_count())
    whole <- small_network()
    model <- counting(whole, asked$model)
    attributes(model) <- attributes(whole)
    with_own(
      LOSSES = list(cross_entropy = counting(utils::getFromNamespace("LOSSES", "gradpath")$cross_entropy, asked$loss)),
      SCORES = list(accuracy = counting(accuracy, asked$score)),
      train(model, method = method)
    )
    for (name in names(asked)) expect_length(asked[[name]]$calls, 12)
  }
})

test_that("a schedule is asked for the rates of the updates and no other", {
  skip_without_engine()
  for (method in c("manual", "optim")) {
    for (every in c("epoch", "batch")) {
      updates <- if (every == "batch") 6 else 2
      rates <- 0.1 / seq_len(updates)
      asked <- numeric()
      schedule <- function(t) {
        asked <<- c(asked, t)
        stopifnot(t < updates)
        rates[[t + 1]]
      }
      table <- train(method = method, epochs = 2, optimizer = "sgd", schedule = schedule, schedule_every = every)
      expect_setequal(asked, seq(0, updates - 1))
      expect_identical(table$lr, rates[c(1, updates / 2 + 1)])
    }
  }
})

test_that("the fused step is an option", {
  skip_without_engine()
  one_of_them <- "one of sgd, momentum, nesterov, adagrad, adam, adamw"
  refused <- paste("train_network(): fused: true is not accepted; use false, or method optim with", one_of_them)
  expect_identical(message_of(train(fused = TRUE, method = "manual")), refused)
  expect_identical(message_of(train(fused = TRUE, optimizer = "rmsprop")), refused)
  expect_identical(
    message_of(train(fused = 1)), "train_network(): fused: 1 is not accepted; use true or false"
  )
  plain <- train(lr = 0.05)
  expect_false(attr(plain, "fused"))
  if (engine_is("torch")) {
    expect_identical(
      message_of(train(fused = TRUE)),
      "train_network(): fused: true is not accepted; use false; {torch} has no fused step"
    )
  } else {
    fused <- attr(train(lr = 0.05, fused = TRUE), "batch_losses")
    expect_false(identical(fused, attr(plain, "batch_losses")))
    expect_equal(fused, attr(plain, "batch_losses"), tolerance = 1e-9)
  }
})

test_that("a band of several seeds does not stretch the axis", {
  table <- data.frame(epoch = 1:4, train_loss = c(9, 1, 0.9, 0.8))
  table$train_loss_low <- table$train_loss - 0.1
  table$train_loss_high <- table$train_loss + 5
  band <- band_rows(table, "train", "loss", list(colour = "#000000"), 1, c(0.5, 1.5))
  expect_equal(range(band$low, band$high), c(0.7, 1.5))
})
