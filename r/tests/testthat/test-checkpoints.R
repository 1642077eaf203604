part <- function() made_data(30, seed = 2)

schedules <- list(
  none = list(),
  cosine = list(schedule = list(name = "cosine", steps = 6)),
  per_batch = list(schedule = list(name = "cosine_periodic", half_period = 5), schedule_every = "batch"),
  warmup = list(schedule = list(
    name = "warmup", warmup = 2, then = list(name = "step", step_size = 2, gamma = 0.5)
  )),
  plateau = list(schedule = list(name = "plateau", patience = 0, factor = 0.5, threshold = 0.2))
)

# Trains until a batch of the run, and stops there.
killed_in <- function(file, batch, settings) {
  count <- 0
  score <- function(outputs, y) {
    count <<- count + 1
    # No error of the score: nobody in between catches it, as nobody catches a kill.
    if (count > batch) stop(structure(class = c("killed", "condition"), list(message = "", call = NULL)))
    accuracy(outputs, y)
  }
  run <- c(list(small_network(dropout = 0.3), scores = list(accuracy = score), checkpoint = file), settings)
  expect_true(tryCatch(is.null(do.call(train, run)), killed = function(condition) TRUE))
}

test_that("going on gives the same to the last bit", {
  skip_without_engine()
  for (method in c("manual", "optim")) {
    for (optimizer in optimizer_names()) {
      # Every schedule with one of the optimizers, every optimizer with one of the schedules.
      for (schedule in if (optimizer == "adamw") names(schedules) else "cosine") {
        settings <- c(
          list(method = method, optimizer = optimizer, lr = 0.05, epochs = 6), schedules[[schedule]],
          if (schedule == "plateau") list(validation = part())
        )
        file <- tempfile(fileext = ".safetensors")
        whole_model <- small_network(dropout = 0.3)
        again <- small_network(dropout = 0.3)
        whole <- do.call(train, c(list(whole_model), settings))
        # Each attempt goes on from where the one before had got, and dies some batches later.
        for (batch in c(7, 2, 5)) killed_in(file, batch, settings)
        table <- do.call(train, c(list(again, checkpoint = file), settings))
        about <- paste(method, optimizer, schedule)
        expect_identical(without_seconds(table), without_seconds(whole), info = about)
        expect_identical(attr(table, "batch_losses"), attr(whole, "batch_losses"), info = about)
        expect_identical(weights(again), weights(whole_model), info = about)
      }
    }
  }
})

test_that("a state that the gradient started goes on too", {
  skip_without_engine()
  for (method in c("manual", "optim")) {
    for (settings in list(list(optimizer = "rmsprop"), list(optimizer = "adam", bias_correction = FALSE))) {
      settings <- c(settings, list(init = "gradient", lr = 0.01, method = method))
      file <- tempfile(fileext = ".safetensors")
      do.call(train, c(list(checkpoint = file, epochs = 2), settings))
      table <- do.call(train, c(list(checkpoint = file, epochs = 4), settings))
      expect_identical(without_seconds(table), without_seconds(do.call(train, settings)))
    }
  }
})

test_that("a finished run is not run again, and more epochs go on from fewer", {
  skip_without_engine()
  file <- tempfile(fileext = ".safetensors")
  first <- train(checkpoint = file, epochs = 2)
  stamp <- file.mtime(file)
  expect_identical(train(checkpoint = file, epochs = 2), first)
  expect_identical(file.mtime(file), stamp)
  expect_identical(without_seconds(train(checkpoint = file, epochs = 5)), without_seconds(train(epochs = 5)))
  expect_identical(
    message_of(train(checkpoint = file, epochs = 3)),
    "train_network(): epochs: 3 is not accepted; use a whole number >= 5, the epochs that the checkpoint has"
  )
})

test_that("batch norm travels with the checkpoint", {
  skip_without_engine()
  data <- made_data(images = TRUE)
  file <- tempfile(fileext = ".safetensors")
  train(images_network(), data, checkpoint = file, epochs = 2)
  resumed <- train(images_network(), data, checkpoint = file, epochs = 4)
  expect_identical(without_seconds(resumed), without_seconds(train(images_network(), data, epochs = 4)))
})

test_that("other settings are refused by name", {
  skip_without_engine()
  file <- tempfile(fileext = ".safetensors")
  train(checkpoint = file, lr = 0.1, epochs = 1)
  refused <- function(field, made, now, ...) {
    line <- paste0(
      "train_network(): checkpoint: '", file, "' was made with ", field, " ", made, ", this run has ", now,
      "; use the same settings, or another file"
    )
    expect_identical(message_of(train(checkpoint = file, epochs = 1, ...)), line)
  }
  refused("lr", "0.1", "0.2", lr = 0.2)
  # Numbers are shown with 15 digits and compared with all of them.
  refused("lr", "0.1", "0.1", lr = 0.1 + 2^-54)
  refused("optimizer", "'adamw'", "'sgd'", lr = 0.1, optimizer = "sgd")
  refused("batch_size", "32", "16", lr = 0.1, batch_size = 16)
  refused("clip", "null", "{norm: 1}", lr = 0.1, clip = list(norm = 1))
  refused("train samples", "90", "91", lr = 0.1, data = made_data(91))
  schedule_text <- "{name: 'cosine', steps: 3, lr_min: 0}"
  refused("schedule", "null", schedule_text, lr = 0.1,
          schedule = list(name = "cosine", steps = 3))
})

test_that("another file is refused and left alone", {
  skip_without_engine()
  header <- function(json, bytes = raw()) {
    c(writeBin(nchar(json), raw(), size = 4), raw(4), charToRaw(json), bytes)
  }
  contents <- list(
    raw(), charToRaw("not a checkpoint"), as.raw(c(0x80, 0x04, charToRaw("cposix\nsystem\n"))),
    # A header longer than the file, no header at all, and headers that lie about what follows.
    c(as.raw(rep(0xff, 8)), raw(20)), header("[]"), header("{\"a\": 1}"),
    header('{"a":{"dtype":"F64","shape":[1000],"data_offsets":[0,8]}}', raw(8)),
    header('{"a":{"dtype":"F64","shape":[1],"data_offsets":[8,16]}}', raw(8)),
    header('{"a":{"dtype":"F64","shape":[-1],"data_offsets":[8,0]}}', raw(8))
  )
  for (content in contents) {
    file <- tempfile(fileext = ".safetensors")
    writeBin(content, file)
    expect_identical(
      message_of(train(checkpoint = file)),
      paste0(
        "train_network(): checkpoint: '", file,
        "' is damaged, or not a checkpoint of gradpath; delete it or use another file"
      )
    )
    expect_identical(readBin(file, "raw", 1000), content)
  }
})

test_that("the real cause is said when a file cannot be read", {
  skip_without_engine()
  line <- function(file) {
    where <- paste0("train_network(): checkpoint: '", file, "' ")
    sub(where, "", message_of(load_checkpoint(file, list())), fixed = TRUE)
  }
  advice <- "; use a file that can be read, or another name"
  file <- tempfile(fileext = ".safetensors")
  expect_identical(line(tempdir()), paste0("cannot be read: it is a folder", advice))
  expect_identical(line(file), paste0("cannot be read: there is no such file", advice))
  save_weights(small_network(), file)
  expect_identical(line(file), "holds tensors, but is not a checkpoint of gradpath; use another file")
  Sys.chmod(file, "000")
  skip_if(file.access(file, 4) == 0, "root may read every file; Python's twin of this test tries as somebody else")
  expect_identical(line(file), paste0("cannot be read: permission is denied", advice))
})

test_that("a truncated checkpoint is refused", {
  skip_without_engine()
  file <- tempfile(fileext = ".safetensors")
  train(checkpoint = file, epochs = 1)
  whole <- readBin(file, "raw", file.size(file))
  for (length in c(5, 100, length(whole) - 100, length(whole) - 1)) {
    writeBin(whole[seq_len(length)], file)
    expect_match(message_of(train(checkpoint = file, epochs = 1)), "is damaged, or not a checkpoint of gradpath; del")
  }
})

test_that("weights go and come back", {
  skip_without_engine()
  file <- tempfile(fileext = ".safetensors")
  model <- images_network(seed = 1)
  other <- images_network(seed = 2)
  train(model, made_data(images = TRUE), epochs = 1)
  expect_identical(save_weights(model, file), file)
  expect_false(identical(weights(other), weights(model)))
  load_weights(other, file)
  expect_identical(weights(other), weights(model))
})

test_that("weights of another network are refused and change nothing", {
  skip_without_engine()
  file <- tempfile(fileext = ".safetensors")
  save_weights(small_network(), file)
  model <- in_float64(nn_sequential(nn_linear(6, 9)))
  before <- weights(model)
  expect_identical(
    message_of(load_weights(model, file)),
    paste0("load_weights(): file: '", file, "' has 0.weight of shape [8, 6], the model has [9, 6]; use a file that ",
           "was saved from such a model")
  )
  expect_identical(weights(model), before)
  missing <- tempfile()
  expect_identical(
    message_of(load_weights(model, missing)), paste0(missing, ": cannot be read: there is no such file; use a whole safetensors file")
  )
})

test_that("names and settings keep every digit on their way through a file", {
  skip_without_engine()
  settings <- list(lr = 0.1 + 2^-54, eps = 1e-300, third = 1 / 3, n = 5L, yes = TRUE, none = NULL,
                   clip = list(norm = 1), scores = list("a", "b"), text = "\"quoted\", \u00e9")
  read <- parse_settings(settings_json(settings))
  expect_true(same_setting(read, parse_settings(settings_json(settings))))
  expect_identical(read$lr, settings$lr)
  expect_identical(read$third, settings$third)
  expect_identical(read$eps, settings$eps)
  expect_identical(read$text, settings$text)
  expect_false(same_setting(list(a = 1, b = list(2)), list(a = 1, b = list(3))))
  expect_false(same_setting(list(a = 1), list(a = 1, b = 2)))
  expect_true(same_setting(list(b = 1L, a = "x"), list(a = "x", b = 1)))
})

test_that("a finished run goes on with the rates of more epochs", {
  skip_without_engine()
  rates <- function(epochs, every) {
    numbers <- 0.1 / seq_len(epochs * if (every == "batch") 3 else 1)
    function(t) numbers[[t + 1]]
  }
  for (method in c("manual", "optim")) {
    for (every in c("epoch", "batch")) {
      run <- function(epochs, file = NULL) {
        train(method = method, epochs = epochs, schedule = rates(epochs, every), schedule_every = every,
              checkpoint = file)
      }
      whole <- run(4)
      file <- tempfile(fileext = ".safetensors")
      run(2, file)
      expect_identical(run(2, file)$lr, whole$lr[1:2])
      again <- run(4, file)
      expect_identical(attr(again, "batch_losses"), attr(whole, "batch_losses"))
      expect_identical(without_seconds(again), without_seconds(whole))
    }
  }
})

test_that("data are told apart exactly, whatever the threads and the layout", {
  skip_without_engine()
  fingerprint <- utils::getFromNamespace("data_fingerprint", "gradpath")
  data <- made_data(20000, images = TRUE)
  threads <- torch_get_num_threads()
  on.exit(torch_set_num_threads(threads))
  prints <- vapply(1:3, FUN.VALUE = "", function(number) {
    torch_set_num_threads(number)
    fingerprint(data)
  })
  expect_length(unique(prints), 1)
  laid_out <- data$x$contiguous(memory_format = torch_channels_last_format())
  expect_identical(fingerprint(list(x = laid_out, y = data$y)), prints[[1]])
  expect_false(fingerprint(list(x = data$x$flip(1), y = data$y)) == prints[[1]])
  expect_false(fingerprint(list(x = data$x, y = data$y$flip(1))) == prints[[1]])
})
