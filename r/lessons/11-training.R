# Training real networks: handwritten digits, by hand and in one call. Run it from the project's
# folder, as a script or as a notebook.

# %% data
suppressPackageStartupMessages(library(gradpath))
library(ggplot2)

parts <- digits(dtype = "float64")
named <- list("to learn from" = parts$train, "for the test" = parts$test)
for (name in names(named)) {
  x <- named[[name]]$x
  shape <- paste(dim(x), collapse = " x ")
  low <- x$min()$item()
  high <- x$max()$item()
  cat(sprintf("%-13s   %s, numbers from %.2f to %.2f\n", name, shape, low, high))
}

# %% pictures
shades <- strsplit(" .:-=+*#%@", "")[[1]]
for (row in 1:8) {
  line <- ""
  for (i in 1:4) {
    numbers <- as.numeric(parts$train$x[i, 1, row])
    line <- paste0(line, paste(rep(shades[floor(numbers * 9) + 1], each = 2), collapse = ""))
  }
  cat(line, "\n", sep = "")
}

# %% object-classes
print(parts$train$y[1:4])
print(parts$train$classes[as.numeric(parts$train$y[1:4])])

# %% split
halves <- split_data(parts$train, 1137, seed = 0)
train <- halves$train
validation <- halves$validation
named <- list(train = train, validation = validation, test = parts$test)
for (name in names(named)) {
  counts <- tabulate(as.numeric(named[[name]]$y), 10)
  text <- paste(counts, collapse = " ")
  cat(sprintf("%-10s   %4d pictures, of each digit %s\n", name, as.integer(sum(counts)), text))
}

# %% network
# A network of 64 pixels, 32 tanh units and 10 outputs, with the same first weights.
fresh_network <- function() tanh_network(64, 32, seed = 1, dtype = "float64")

network <- fresh_network()
cat(sprintf("%d numbers to learn\n", as.integer(count_parameters(network))))

# %% batch
samples <- train$y$shape[[1]]
torch_manual_seed(0)
# torch_randperm() counts from 0, positions count from 1.
order <- torch_randperm(samples, dtype = torch_int64()) + 1L
index <- order[1:64]
x <- train$x$index_select(1, index)
y <- train$y$index_select(1, index)
outputs <- network(x)
text <- paste(sprintf("%.2f", as.numeric(outputs[1])), collapse = " ")
cat("outputs for the first picture: ", text, "\n", sep = "")
cat("its digit: ", train$classes[y[1]$item()], "\n", sep = "")

# %% loss
log_shares <- nnf_log_softmax(outputs, 2)
of_the_right_class <- log_shares$gather(2, y$unsqueeze(2))
loss <- nnf_cross_entropy(outputs, y)
by_formula <- -of_the_right_class$mean()$item()
cat(sprintf("by hand %.6f, by the library %.6f\n", by_formula, loss$item()))
cat(sprintf("for someone who gives every digit a tenth %.6f\n", log(10)))

# %% step
loss$backward()
with_no_grad({
  for (w in network$parameters) {
    w$sub_(w$grad * 0.5)
    w$grad$zero_()
  }
  after <- nnf_cross_entropy(network(x), y)
})
text <- "loss of this batch before the step %.6f, after it %.6f\n"
cat(sprintf(text, loss$item(), after$item()))

# %% epoch
# The positions of an epoch's batches: all samples in a new order, 64 at a time.
batches_of <- function(data) {
  samples <- data$y$shape[[1]]
  torch_split(torch_randperm(samples, dtype = torch_int64()) + 1L, 64)
}

network <- fresh_network()
torch_manual_seed(0)
by_hand <- numeric()
for (epoch in 1:3) {
  for (index in batches_of(train)) {
    x <- train$x$index_select(1, index)
    y <- train$y$index_select(1, index)
    loss <- nnf_cross_entropy(network(x), y)
    by_hand <- c(by_hand, loss$item())
    loss$backward()
    with_no_grad({
      for (w in network$parameters) {
        w$sub_(w$grad * 0.5)
        w$grad$zero_()
      }
    })
  }
}
each <- length(by_hand) %/% 3L
cat(sprintf("%d batches in an epoch, the last one of %d\n", each, index$shape[[1]]))
for (batch in c(1, 2, 3, 18, 36, 54)) {
  cat(sprintf("batch %2d   loss %.6f\n", as.integer(batch), by_hand[batch]))
}

# %% optim
network <- fresh_network()
opt <- optim_sgd(network$parameters, lr = 0.5)
torch_manual_seed(0)
by_optim <- numeric()
for (epoch in 1:3) {
  for (index in batches_of(train)) {
    x <- train$x$index_select(1, index)
    y <- train$y$index_select(1, index)
    loss <- nnf_cross_entropy(network(x), y)
    by_optim <- c(by_optim, loss$item())
    opt$zero_grad()
    loss$backward()
    opt$step()
  }
}
cat(sprintf("largest difference on the way %.12f\n", max(abs(by_hand - by_optim))))

# %% one-call
for (method in c("manual", "optim")) {
  table <- train_network(
    fresh_network(),
    "cross_entropy",
    train,
    epochs = 3,
    batch_size = 64,
    optimizer = "sgd",
    lr = 0.5,
    seed = 0,
    method = method,
    batch_losses = TRUE,
    progress = FALSE
  )
  gap <- max(abs(attr(table, "batch_losses") - by_hand))
  cat(sprintf("%-6s   largest difference from the loop above %.12f\n", method, gap))
}

# %% object-table
print(table[names(table) != "seconds"])
print(attr(table, "status"))

# %% weighted
losses <- attr(table, "batch_losses")[1:18]
sizes <- c(rep(64, 17), 49)
mean_loss <- sum(losses) / 18
weighted <- sum(losses * sizes) / 1137
cat(sprintf("mean of the batches %.6f, of the samples %.6f\n", mean_loss, weighted))
cat(sprintf("in the table %.6f\n", table$train_loss[1]))

# %% validation
# The share that the network gives to the right class, on average.
confidence <- function(outputs, targets) {
  nnf_cross_entropy(outputs, targets, reduction = "none")$neg()$exp()$mean()
}

# Prints a table of training and validation.
show <- function(table) {
  cat(sprintf(
    "epoch %2d   rate %.5f   train %.4f %.3f   validation %.4f %.3f\n",
    table$epoch, table$lr, table$train_loss, table$train_accuracy,
    table$validation_loss, table$validation_accuracy
  ), sep = "")
}

network <- fresh_network()
table <- train_network(
  network,
  "cross_entropy",
  train,
  validation,
  scores = list(accuracy = accuracy, confidence = confidence),
  epochs = 20,
  batch_size = 64,
  lr = 0.01,
  schedule = list(name = "cosine", steps = 20),
  progress = FALSE
)
show(table)
cat(sprintf("confidence on the validation data %.4f\n", tail(table$validation_confidence, 1)))

# %% curves
# Draws loss and accuracy against the epoch, on training and on validation data.
draw_curves <- function(paper, ink, colours) {
  long <- data.frame(
    epoch = table$epoch,
    part = rep(c("train", "validation"), each = nrow(table)),
    measure = factor(rep(c("loss", "accuracy"), each = 2 * nrow(table)), c("loss", "accuracy")),
    value = c(
      table$train_loss, table$validation_loss,
      table$train_accuracy, table$validation_accuracy
    )
  )
  plot <- ggplot(long, aes(epoch, value, colour = part, linetype = part)) +
    geom_line() +
    facet_wrap(~measure, scales = "free_y") +
    scale_colour_manual(values = colours) +
    labs(y = NULL, colour = NULL, linetype = NULL) +
    theme_minimal() +
    theme(
      plot.background = element_rect(fill = paper, colour = NA),
      text = element_text(colour = ink),
      axis.text = element_text(colour = ink),
      strip.text = element_text(colour = ink),
      panel.grid = element_line(colour = "grey50", linewidth = 0.1)
    )
  structure(plot, size = c(7.2, 3))
}

pictures <- list(
  light = draw_curves("#ffffff", "#1f2933", c("#0072b2", "#c14a00")),
  dark = draw_curves("#14181d", "#e6ebf0", c("#6cc3f5", "#ffa23f"))
)

# %% test-once
tested <- evaluate_network(network, "cross_entropy", parts$test)
cat(sprintf("test loss %.4f, accuracy %.4f\n", tested[["loss"]], tested[["accuracy"]]))

# %% plateau
plateau <- list(name = "plateau", factor = 0.3, patience = 1)
table <- train_network(
  fresh_network(),
  "cross_entropy",
  train,
  validation,
  epochs = 20,
  batch_size = 64,
  lr = 0.03,
  schedule = plateau,
  progress = FALSE
)
show(table)

# %% refuse
tryCatch(
  train_network(
    fresh_network(),
    "cross_entropy",
    train,
    validation,
    parts$test,
    lr = 0.03,
    schedule = plateau,
    watch = "test_loss"
  ),
  gradpath_error = function(error) cat(conditionMessage(error), "\n", sep = "")
)

# %% whole
# Trains with AdamW and a cosine meant for six epochs, and stops after some of them.
run <- function(network, epochs, checkpoint = NULL) {
  train_network(
    network,
    "cross_entropy",
    train,
    validation,
    epochs = epochs,
    batch_size = 64,
    lr = 0.01,
    schedule = list(name = "cosine", steps = 6),
    checkpoint = checkpoint,
    progress = FALSE
  )
}

never_stopped <- fresh_network()
whole <- run(never_stopped, 6)
cat(sprintf("validation loss after six epochs %.10f\n", whole$validation_loss[6]))

# %% resume
file <- tempfile(fileext = ".safetensors")
invisible(run(fresh_network(), 3, file))
network <- tanh_network(64, 32, seed = 99, dtype = "float64")
rest <- run(network, 6, file)
columns <- setdiff(names(whole), "seconds")
equal <- sum(rest[columns] == whole[columns])
same <- mapply(
  function(a, b) (a == b)$sum()$item(),
  network$parameters,
  never_stopped$parameters
)
text <- "%d of %d %s are equal to the last bit\n"
cat(sprintf(text, equal, 6L * length(columns), "numbers of the table"))
cat(sprintf(text, as.integer(sum(same)), as.integer(count_parameters(network)), "weights"))

# %% inside
opened <- file(file, "rb")
length_of_header <- sum(readBin(opened, "integer", 8, size = 1, signed = FALSE) * 256^(0:7))
header <- jsonlite::fromJSON(rawToChar(readBin(opened, "raw", length_of_header)))
close(opened)
for (name in sort(names(header), method = "radix")) {
  if (grepl("^(model|results)/", name)) {
    shape <- paste(header[[name]]$shape, collapse = " x ")
    cat(sprintf("%-29s %s  %s\n", name, header[[name]]$dtype, shape))
  }
}
others <- setdiff(sub("/.*", "", names(header)), c("model", "results", "__metadata__"))
cat("and the tensors of ", paste(sort(others), collapse = ", "), "\n", sep = "")

# %% other-settings
tryCatch(
  train_network(
    fresh_network(), "cross_entropy", train, validation,
    checkpoint = file, lr = 0.02
  ),
  gradpath_error = function(error) {
    cat(sub(file, "FILE", conditionMessage(error), fixed = TRUE), "\n", sep = "")
  }
)

# %% weights
file <- tempfile(fileext = ".safetensors")
save_weights(never_stopped, file)
network <- load_weights(tanh_network(64, 32, seed = 99, dtype = "float64"), file)
with_no_grad({
  gap <- (network(parts$test$x) - never_stopped(parts$test$x))$abs()$max()$item()
})
cat(sprintf("largest difference of any output %.12f\n", gap))

# %% doubled
# LeNet needs pictures of 12 by 12 at least: each pixel becomes a square of four.
doubled <- list(
  x = train$x$repeat_interleave(2, dim = 3)$repeat_interleave(2, dim = 4),
  y = train$y,
  classes = train$classes
)
candidates <- list(
  "tanh network" = list(
    make = function() tanh_network(64, 32, init = "xavier", seed = 1, dtype = "float64"),
    data = train
  ),
  "LeNet, biases 0" = list(
    make = function() lenet(size = 16, init = "xavier", seed = 1, dtype = "float64"),
    data = doubled
  ),
  "LeNet, biases drawn" = list(
    make = function() lenet(size = 16, seed = 1, dtype = "float64"),
    data = doubled
  )
)
for (name in names(candidates)) {
  numbers <- as.integer(count_parameters(candidates[[name]]$make()))
  cat(sprintf("%-19s   %5d numbers to learn\n", name, numbers))
}

# %% nudge
# Adds 1e-7 to the first bias of the first layer; gives the network back.
nudged <- function(network) {
  with_no_grad(network$parameters[[2]]$narrow(1, 1, 1)$add_(1e-7))
  network
}

# The gradient of the loss of the first 64 samples, as one long vector.
slopes <- function(network, data) {
  loss <- nnf_cross_entropy(network(data$x[1:64]), data$y[1:64])
  loss$backward()
  torch_cat(lapply(network$parameters, function(w) w$grad$reshape(-1)))
}

for (name in names(candidates)) {
  make <- candidates[[name]]$make
  data <- candidates[[name]]$data
  before <- slopes(make(), data)
  after <- slopes(nudged(make()), data)
  change <- ((after - before)$norm() / before$norm())$item()
  cat(sprintf("%-19s   the gradient changes by %.0e\n", name, change))
}

# %% corner
for (name in names(candidates)[-1]) {
  network <- candidates[[name]]$make()
  with_no_grad({
    before_the_relu <- network[[1]](candidates[[name]]$data$x[1:64])
  })
  share <- (before_the_relu == 0)$to(dtype = torch_float64())$mean()$item()
  text <- "%-19s   %.1f%% of the numbers before the first ReLU are 0\n"
  cat(sprintf(text, name, share * 100))
}

# %% grow
# For every batch, the largest relative difference of two vectors of losses up to it.
largest_so_far <- function(one, other) cummax(abs(one - other) / abs(one))

# Trains with SGD; gives the loss of every batch.
batch_losses <- function(network, data, method = "optim", lr = 0.2, epochs = 4) {
  table <- train_network(
    network,
    "cross_entropy",
    data,
    epochs = epochs,
    batch_size = 64,
    optimizer = "sgd",
    lr = lr,
    method = method,
    batch_losses = TRUE,
    progress = FALSE
  )
  attr(table, "batch_losses")
}

growth <- lapply(candidates, function(candidate) {
  plain <- batch_losses(candidate$make(), candidate$data)
  largest_so_far(plain, batch_losses(nudged(candidate$make()), candidate$data))
})
for (name in names(growth)) {
  batches <- c(1, 3, 10, 30, 70)
  gaps <- growth[[name]][batches]
  at <- paste(sprintf("%d: %.0e", as.integer(batches), gaps), collapse = "  ")
  cat(sprintf("%-19s   batch %s\n", name, at))
}

# %% growth
# Draws the largest difference so far against the batch.
draw_growth <- function(paper, ink, colours) {
  long <- data.frame(
    batch = seq_along(growth[[1]]),
    network = factor(rep(names(growth), each = length(growth[[1]])), names(growth)),
    gap = unlist(growth)
  )
  plot <- ggplot(long, aes(batch, gap, colour = network, linetype = network)) +
    geom_line() +
    scale_y_log10() +
    scale_colour_manual(values = colours) +
    labs(y = "largest relative difference so far", colour = NULL, linetype = NULL) +
    theme_minimal() +
    theme(
      plot.background = element_rect(fill = paper, colour = NA),
      text = element_text(colour = ink),
      axis.text = element_text(colour = ink),
      panel.grid = element_line(colour = "grey50", linewidth = 0.1)
    )
  structure(plot, size = c(7.2, 3.6))
}

pictures <- list(
  light = draw_growth("#ffffff", "#1f2933", c("#0072b2", "#c14a00", "#00734f")),
  dark = draw_growth("#14181d", "#e6ebf0", c("#6cc3f5", "#ffa23f", "#35d6a4"))
)

# %% lanes
for (name in names(candidates)) {
  make <- candidates[[name]]$make
  data <- candidates[[name]]$data
  by_hand <- batch_losses(make(), data, "manual")
  gap <- max(largest_so_far(by_hand, batch_losses(make(), data, "optim")))
  cat(sprintf("%-19s   by hand and by optim, never more than %.10f apart\n", name, gap))
}

# %% precision
# The same first weights and pictures in both; only the rounding differs.
for (name in names(candidates)) {
  make <- candidates[[name]]$make
  data <- candidates[[name]]$data
  in_float32 <- list(x = data$x$to(dtype = torch_float32()), y = data$y)
  wide <- batch_losses(make(), data, lr = 0.3, epochs = 6)
  half_as_wide <- make()$to(dtype = torch_float32())
  narrow <- batch_losses(half_as_wide, in_float32, lr = 0.3, epochs = 6)
  off <- if (max(largest_so_far(wide, narrow)) > 0.001) "more" else "less"
  cat(sprintf("%-19s   float32 is %s than a thousandth off\n", name, off))
}

# %% clothes
# Trains LeNet on 50,000 pictures, which takes minutes; gives the table, and the test.
train_on_clothes <- function() {
  parts <- fashion_mnist(download = TRUE)
  halves <- split_data(parts$train, 50000, seed = 0)
  network <- lenet(seed = 0)
  table <- train_network(
    network,
    "cross_entropy",
    halves$train,
    halves$validation,
    epochs = 10,
    schedule = list(name = "cosine", steps = 10),
    checkpoint = "clothes.safetensors"
  )
  list(table = table, test = evaluate_network(network, "cross_entropy", parts$test))
}

# %% solution-1
# The same number of epochs, and more or fewer updates.
for (size in c(1137, 256, 64, 16)) {
  table <- train_network(
    fresh_network(),
    "cross_entropy",
    train,
    validation,
    epochs = 5,
    batch_size = size,
    optimizer = "sgd",
    lr = 0.5,
    progress = FALSE
  )
  updates <- 5L * as.integer(ceiling(1137 / size))
  last <- tail(table$validation_loss, 1)
  text <- "batches of %4d   %3d updates   validation %.4f\n"
  cat(sprintf(text, as.integer(size), updates, last))
}

# %% solution-2
# For each digit: how many pictures are taken for another one, and for which most often.
with_no_grad({
  taken_for <- as.numeric(never_stopped(parts$test$x)$argmax(dim = 2))
})
truth <- as.numeric(parts$test$y)
for (k in 1:10) {
  counts <- tabulate(taken_for[truth == k], 10)
  wrong <- replace(counts, k, 0L)
  if (sum(wrong) > 0) {
    text <- "%s: %2d of %d wrong, %d of them taken for %s\n"
    most <- which.max(wrong)
    names <- parts$test$classes[c(k, most)]
    cat(sprintf(text, names[1], sum(wrong), sum(counts), wrong[most], names[2]))
  }
}

# %% solution-3
# All 1,797 pictures in one pile, and parts of the same sizes drawn from it at random.
pile <- list(
  x = torch_cat(list(parts$train$x, parts$test$x)),
  y = torch_cat(list(parts$train$y, parts$test$y)),
  classes = parts$train$classes
)
for (seed in 0:2) {
  mixed <- split_data(pile, 1437, seed = seed)
  halves <- split_data(mixed$train, 1137, seed = seed)
  network <- fresh_network()
  table <- train_network(
    network,
    "cross_entropy",
    halves$train,
    halves$validation,
    epochs = 20,
    batch_size = 64,
    lr = 0.01,
    schedule = list(name = "cosine", steps = 20),
    progress = FALSE
  )
  tested <- evaluate_network(network, "cross_entropy", mixed$validation)
  last <- tail(table$validation_accuracy, 1)
  cat(sprintf("pile %d   validation %.3f   test %.3f\n", seed, last, tested[["accuracy"]]))
}

# %% solution-4
# Only the weights are kept: the optimizer, the rate and the order of the data begin anew.
network <- fresh_network()
invisible(run(network, 3))
half <- run(network, 3)
for (epoch in 4:6) {
  text <- "epoch %d   never stopped %.6f   only the weights kept %.6f\n"
  cat(sprintf(text, epoch, whole$validation_loss[epoch], half$validation_loss[epoch - 3]))
}

# %% solution-5
for (init in c("xavier", "default")) {
  make <- function() {
    lenet(size = 16, activation = "tanh", init = init, seed = 1, dtype = "float64")
  }
  gaps <- largest_so_far(batch_losses(make(), doubled), batch_losses(nudged(make()), doubled))
  batches <- c(1, 3, 10, 30, 70)
  at <- paste(sprintf("%d: %.0e", as.integer(batches), gaps[batches]), collapse = "  ")
  cat(sprintf("tanh, %-7s   batch %s\n", init, at))
}
