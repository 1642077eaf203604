# Starting well, staying stable. Run it from the project's folder, as a script or as a notebook.
#| reads: shared_figures/training/full/initialization.r-torch.csv
#| reads: shared_figures/training/full/batch-norm.r-torch.csv
#| reads: shared_figures/training/full/clipping.r-torch.csv
#| reads: shared_figures/training/full/batch-size.r-torch.csv
#| reads: shared_figures/training/full/depth.r-torch.csv

# %% data
suppressPackageStartupMessages(library(gradpath))

parts <- digits(dtype = "float64")
split <- split_data(parts$train, 1137, seed = 0)
train <- split$train
validation <- split$validation
x <- train$x$narrow(1, 1, 64)
y <- train$y$narrow(1, 1, 64)

# Trains a network; gives its loss and accuracy on the validation data at the end.
fit <- function(network, epochs = 5, batch_size = 64, ...) {
  table <- train_network(
    network, "cross_entropy", train, validation,
    epochs = epochs, batch_size = batch_size, progress = FALSE, ...
  )
  last <- tail(table, 1)
  list(loss = last$validation_loss, accuracy = last$validation_accuracy)
}

# %% zeros
network <- tanh_network(64, 4, init = "zeros", dtype = "float64")
nnf_cross_entropy(network(x), y)$backward()
labels <- c("hidden weights", "hidden biases", "output weights", "output biases")
for (i in 1:4) {
  slopes <- network$parameters[[i]]$grad
  cat(sprintf("%-14s   largest slope %.6f\n", labels[i], slopes$abs()$max()$item()))
}
result <- fit(network, optimizer = "sgd", lr = 0.1)
text <- "after five epochs: loss %.4f, accuracy %.3f; ln 10 is %.4f\n"
cat(sprintf(text, result$loss, result$accuracy, log(10)))

# %% alike
# The largest difference of any hidden unit's weights from those of the first hidden unit.
unlike <- function(network) {
  weights <- network$parameters[[1]]$detach()
  (weights - weights$narrow(1, 1, 1))$abs()$max()$item()
}

network <- tanh_network(64, 4, seed = 1, dtype = "float64")
with_no_grad({
  for (parameter in network$parameters[1:3]) parameter$fill_(0.05)
})
result <- fit(network, optimizer = "sgd", lr = 0.5)
text <- "four %-14s unlike by %.6f, loss %.4f, accuracy %.3f\n"
cat(sprintf(text, "equal units:", unlike(network), result$loss, result$accuracy))
network <- tanh_network(64, 4, seed = 1, dtype = "float64")
result <- fit(network, optimizer = "sgd", lr = 0.5)
cat(sprintf(text, "units, drawn:", unlike(network), result$loss, result$accuracy))

# %% layers
# Sends inputs through layers of 64 units with normal weights; gives what each layer gives.
forward <- function(inputs, deviation, activation, depth = 20) {
  torch_manual_seed(1)
  outputs <- list()
  for (layer in seq_len(depth)) {
    weights <- torch_randn(64, 64, dtype = torch_float64()) * deviation
    inputs <- activation(torch_matmul(inputs, weights))
    outputs[[layer]] <- inputs
  }
  outputs
}

# The root of the mean square.
size <- function(numbers) numbers$pow(2)$mean()$sqrt()$item()

# Each pixel in units of its own spread over the batch; those without any stay at zero.
pixels <- x$reshape(c(64, 64))
pixels <- (pixels - pixels$mean(1)) / (pixels$std(1) + 1e-6)
starts <- c("too small" = 0.01, "Xavier" = sqrt(1 / 64), "He" = sqrt(2 / 64), "too large" = 0.5)
activations <- list(tanh = torch_tanh, relu = torch_relu)
for (activation in names(activations)) {
  for (name in names(starts)) {
    outputs <- forward(pixels, starts[[name]], activations[[activation]])
    shown <- c(1, 2, 5, 10, 20)
    sizes <- sprintf("%2d: %.1e", shown, vapply(outputs[shown], size, 1))
    cat(sprintf("%s   %-9s   layer %s\n", activation, name, paste(sizes, collapse = "   ")))
  }
}

# %% backwards
for (activation in names(activations)) {
  for (name in names(starts)) {
    inputs <- pixels$clone()$requires_grad_(TRUE)
    outputs <- forward(inputs, starts[[name]], activations[[activation]])
    last <- outputs[[20]]
    total <- (last * last$detach()$sign())$mean()
    slopes <- autograd_grad(total, list(outputs[[19]], outputs[[10]], inputs))
    sizes <- sprintf("%d: %.1e", c(19, 10, 0), vapply(slopes, size, 1))
    text <- paste(sizes, collapse = "   ")
    cat(sprintf("%s   %-9s   after layer %s\n", activation, name, text))
  }
}

# %% factor
# By what a layer multiplies the mean square: 64 times the variance of its weights, and half.
for (name in names(starts)) {
  outputs <- forward(pixels, starts[[name]], torch_relu)
  measured <- (size(outputs[[20]]) / size(outputs[[10]]))^(2 / 10)
  expected <- 64 * starts[[name]]^2 / 2
  cat(sprintf("%-9s   expected %7.4f   measured %7.4f\n", name, expected, measured))
}

# %% starts
for (init in c("zeros", "small", "default", "xavier", "he")) {
  network <- tanh_network(64, rep(32, 8), init = init, seed = 1, dtype = "float64")
  result <- fit(network, optimizer = "sgd", lr = 0.1)
  cat(sprintf("%-7s   loss %.4f, accuracy %.3f\n", init, result$loss, result$accuracy))
}

# %% recorded
# What was recorded of a lab: how its runs ended, and its table.
read_lab <- function(lab, size) {
  lines <- readLines(find_table(paste0("training/", size, "/", lab, ".r-torch.csv")))
  head <- sub("^# status of ", "", grep("^# status of ", lines, value = TRUE))
  ended <- sub("^.*?: ", "", head, perl = TRUE)
  names(ended) <- sub(": .*$", "", head)
  list(ended = ended, table = read.csv(text = lines[!startsWith(lines, "#")]))
}

# Prints how each run ended; in brackets the range of the last three validations.
show_lab <- function(lab, size) {
  recorded <- read_lab(lab, size)
  for (key in names(recorded$ended)) {
    status <- recorded$ended[[key]]
    run_id <- sub(", seed .*$", "", key)
    seed <- sub("^.*, seed ", "", key)
    rows <- recorded$table[recorded$table$run == run_id & recorded$table$seed == seed, ]
    if (status == "finished") {
      last <- tail(rows, 1)
      late <- tail(rows$validation_accuracy, 3)
      text <- "train %.3f   validation %.3f (%.3f to %.3f)   test %.3f"
      status <- sprintf(
        text, last$train_accuracy, late[3], min(late), max(late), last$test_accuracy
      )
    }
    cat(sprintf("%-9s   seed %s   %s\n", run_id, seed, status))
  }
}

# Says the mean of the seeds' numbers, and their range if there are several.
mean_and_range <- function(numbers) {
  if (length(numbers) == 1) {
    return(sprintf("%.3f", numbers))
  }
  sprintf("%.3f (%.3f to %.3f)", mean(numbers), min(numbers), max(numbers))
}

# The last rows of a lab's runs: by method, and by the number that its runs differ in.
ends_of <- function(lab, size) {
  recorded <- read_lab(lab, size)
  ends <- recorded$table[!is.na(recorded$table$test_accuracy), ]
  methods <- list()
  for (run_id in unique(sub(", seed .*$", "", names(recorded$ended)))) {
    method <- sub("-[^-]*$", "", run_id)
    number <- sub("^.*-", "", run_id)
    statuses <- recorded$ended[startsWith(names(recorded$ended), paste0(run_id, ", "))]
    rows <- if (all(statuses == "finished")) ends[ends$run == run_id, ]
    methods[[method]] <- c(methods[[method]], setNames(list(rows), number))
  }
  methods
}

# Prints validation at the end, the mean of the seeds: methods in rows, numbers across.
show_against <- function(lab, size) {
  methods <- ends_of(lab, size)
  cat(sprintf("%-18s", "validation"), sprintf("%9s", names(methods[[1]])), "\n", sep = "")
  for (method in names(methods)) {
    cells <- vapply(methods[[method]], function(rows) {
      if (is.null(rows)) " diverged" else sprintf("%9.3f", mean(rows$validation_accuracy))
    }, "")
    cat(sprintf("%-18s", method), cells, "\n", sep = "")
  }
}

# Prints each method's number with the best mean validation, and the test of it only.
show_best <- function(lab, size) {
  methods <- ends_of(lab, size)
  cat("method               best   validation, and range     test, and range\n")
  for (method in names(methods)) {
    ends <- Filter(Negate(is.null), methods[[method]])
    means <- vapply(ends, function(rows) mean(rows$validation_accuracy), 1)
    best <- names(which.max(means))
    text <- "%-18s %6s   %-22s   %s\n"
    validation <- mean_and_range(ends[[best]]$validation_accuracy)
    cat(sprintf(text, method, best, validation, mean_and_range(ends[[best]]$test_accuracy)))
  }
}

show_lab("initialization", "full")

# %% norm-by-hand
# The largest difference between two tensors.
apart <- function(a, b) (a - b)$abs()$max()$item()

torch_manual_seed(1)
numbers <- torch_randn(6, 3, dtype = torch_float64()) * 4 + 10
norm <- nn_batch_norm1d(3)$to(dtype = torch_float64())
given <- norm(numbers)
mean <- numbers$mean(1)
variance <- (numbers - mean)$pow(2)$mean(1)
by_hand <- (numbers - mean) / (variance + 1e-5)$sqrt()
cat(sprintf("in training: largest difference %.12f\n", apart(given, by_hand)))
unbiased <- variance * 6 / 5
running_mean <- torch_zeros(3, dtype = torch_float64()) * 0.9 + mean * 0.1
running_variance <- torch_ones(3, dtype = torch_float64()) * 0.9 + unbiased * 0.1
gap <- max(apart(norm$running_mean, running_mean), apart(norm$running_var, running_variance))
cat(sprintf("what it keeps: largest difference %.12f\n", gap))
norm$eval()
by_hand <- (numbers - running_mean) / (running_variance + 1e-5)$sqrt()
cat(sprintf("in evaluation: largest difference %.12f\n", apart(norm(numbers), by_hand)))

# %% modes
text <- "a batch of mean %.2f comes out with mean %.2f in training\n"
cat(sprintf(text, numbers$mean()$item(), abs(given$mean()$item())))
cat(sprintf("and with mean %.2f in evaluation, after one batch\n", norm(numbers)$mean()$item()))
norm$train()
for (batches in c(1, 10, 100)) {
  for (batch in seq_len(batches)) norm(torch_randn(6, 3, dtype = torch_float64()) * 4 + 10)
  kept <- c(norm$running_mean$mean()$item(), norm$running_var$mean()$item())
  text <- "%3d batches more: it keeps mean %.2f and variance %.2f\n"
  cat(sprintf(text, batches, kept[1], kept[2]))
}

# %% companions
others <- torch_randn(5, 3, dtype = torch_float64()) * 4 + 30
first_row <- function(rows) as_array(norm(rows)$narrow(1, 1, 1)$reshape(3)$detach())
for (training in c(TRUE, FALSE)) {
  norm$train(training)
  first <- first_row(numbers)
  second <- first_row(torch_cat(list(numbers$narrow(1, 1, 1), others)))
  name <- if (training) "in training:" else "in evaluation:"
  text <- paste(sprintf("%6.3f or %6.3f", first, second), collapse = "   ")
  cat(sprintf("the same row, %-14s   %s\n", name, text))
}

# %% norm
# A network of six hidden layers of 32 ReLU units, with or without batch norm.
relu_network <- function(batch_norm) {
  torch_manual_seed(1)
  layers <- list(nn_flatten())
  for (width in c(64, 32, 32, 32, 32, 32)) {
    layers <- c(layers, nn_linear(width, 32), if (batch_norm) nn_batch_norm1d(32), nn_relu())
  }
  do.call(nn_sequential, c(layers, nn_linear(32, 10)))$to(dtype = torch_float64())
}

for (rate in c(0.02, 0.05, 0.2)) {
  for (batch_norm in c(FALSE, TRUE)) {
    result <- fit(relu_network(batch_norm), optimizer = "sgd", lr = rate)
    name <- if (batch_norm) "batch norm" else "plain"
    text <- "rate %4.2f   %-10s   loss %.2f, accuracy %.2f\n"
    cat(sprintf(text, rate, name, result$loss, result$accuracy))
  }
}

# %% larger
for (batch_norm in c(FALSE, TRUE)) {
  network <- small_cnn(size = 8, batch_norm = batch_norm, seed = 1, dtype = "float64")
  numbers <- x
  for (layer in head(network$children, -3)) numbers <- layer(numbers)
  cat(sprintf("%-10s   size %.4f\n", if (batch_norm) "batch norm" else "plain", size(numbers)))
}

# %% batch-norm-lab
show_against("batch-norm", "full")
show_best("batch-norm", "full")

# %% clip-by-hand
network <- tanh_network(64, 4, seed = 1, dtype = "float64")
# All slopes of the network as one long vector.
slopes_of <- function(network) {
  torch_cat(lapply(network$parameters, function(w) w$grad$reshape(-1)))
}

nnf_cross_entropy(network(x), y)$backward()
gradient <- slopes_of(network)
text <- "norm %.6f, largest number %.6f\n"
cat(sprintf(text, gradient$norm()$item(), gradient$abs()$max()$item()))
ways <- list(
  "by value" = list(clip_by_value(gradient, 0.05), list(value = 0.05)),
  "by norm" = list(clip_by_norm(gradient, 0.1), list(norm = 0.1))
)
for (name in names(ways)) {
  by_hand <- ways[[name]][[1]]
  network$zero_grad()
  nnf_cross_entropy(network(x), y)$backward()
  clip_gradients(network$parameters, ways[[name]][[2]])
  gap <- apart(slopes_of(network), by_hand)
  cosine <- (torch_dot(by_hand, gradient) / by_hand$norm() / gradient$norm())$item()
  text <- "%-8s   norm %.4f, cosine %.6f, by hand and library %.12f apart\n"
  cat(sprintf(text, name, by_hand$norm()$item(), cosine, gap))
}

# %% cliff
# Walks down the error of v * w^20, which should be 1, from a point behind a cliff.
descend_cliff <- function(clip) {
  w <- torch_tensor(c(1.3, 0.5), dtype = torch_float64(), requires_grad = TRUE)
  for (step in 0:40) {
    error <- (w[2] * w[1]^20 - 1)^2
    if (!is.finite(error$item())) {
      cat(sprintf("   step %2d   beyond all numbers\n", step))
      return(invisible(NULL))
    }
    if (step %in% c(0, 1, 2, 10, 40)) {
      text <- "   step %2d   w %10.3f   v %10.3f   error %.3e\n"
      cat(sprintf(text, step, w[1]$item(), w[2]$item(), error$item()))
    }
    g <- autograd_grad(error, list(w))[[1]]
    if (!is.null(clip)) g <- clip(g)
    with_no_grad(w$sub_(g * 0.1))
  }
}

cat("not clipped\n")
descend_cliff(NULL)
cat("by value, 0.1\n")
descend_cliff(function(g) clip_by_value(g, 0.1))
cat("by norm, 0.1\n")
descend_cliff(function(g) clip_by_norm(g, 0.1))

# %% clip
clips <- list("by value" = list(value = 0.01), "by norm" = list(norm = 0.5))
for (name in c("not clipped", "by value", "by norm")) {
  network <- small_cnn(size = 8, init = "he", seed = 1, dtype = "float64")
  result <- fit(network, optimizer = "sgd", lr = 2, clip = clips[[name]])
  cat(sprintf("%-11s   loss %.2f, accuracy %.2f\n", name, result$loss, result$accuracy))
}

# %% clipping-full
show_lab("clipping", "full")
weights <- sum(sapply(small_cnn()$parameters, function(p) p$numel()))
cat(sprintf(
  "at a rate of 2, with %s weights, the longest possible step:\n",
  format(weights, big.mark = ",")
))
cat(sprintf("by value %.2f   by norm %.2f\n", 2 * 0.005 * sqrt(weights), 2 * 0.25))

# %% noise
network <- tanh_network(64, 8, seed = 1, dtype = "float64")
n <- train$y$shape[1]
slopes <- torch_stack(lapply(seq_len(n), function(i) {
  loss <- nnf_cross_entropy(network(train$x$narrow(1, i, 1)), train$y$narrow(1, i, 1))
  torch_cat(lapply(autograd_grad(loss, network$parameters), function(slope) slope$reshape(-1)))
}))
full <- slopes$mean(1)
spread <- (slopes - full)$pow(2)$sum()$item() / (n - 1)
lengths <- slopes$pow(2)$sum(2)$sqrt()
text <- "length of the full gradient %.4f, of one picture's %.4f\n"
cat(sprintf(text, full$norm()$item(), lengths$mean()$item()))
torch_manual_seed(1)
for (size_of_batch in c(1, 2, 4, 8, 16, 32, 64, 128)) {
  apart <- 0
  for (repeated in 1:100) {
    # torch_randperm() counts from 0, positions count from 1.
    batch <- torch_randperm(n, dtype = torch_int64())$narrow(1, 1, size_of_batch) + 1L
    apart <- apart + (slopes$index_select(1, batch)$mean(1) - full)$pow(2)$sum()$item() / 100
  }
  expected <- sqrt(spread / size_of_batch * (1 - size_of_batch / n))
  text <- "batch of %3d   off by %.4f, expected %.4f\n"
  cat(sprintf(text, size_of_batch, sqrt(apart), expected))
}

# %% batch-size
for (batch_size in c(1, 4, 16, 64)) {
  losses <- vapply(c(0.02, 0.02 * batch_size), function(rate) {
    network <- tanh_network(64, 32, seed = 1, dtype = "float64")
    fit(network, 3, batch_size, optimizer = "sgd", lr = rate)$loss
  }, 1)
  text <- "batch of %2d   %4d steps   rate 0.02: loss %.3f   rate %.2f: loss %.3f\n"
  steps <- as.integer(3 * ceiling(n / batch_size))
  cat(sprintf(text, batch_size, steps, losses[1], 0.02 * batch_size, losses[2]))
}

# %% batch-size-lab
show_against("batch-size", "full")
show_best("batch-size", "full")

# %% depth
for (depth in c(1, 2, 4, 8)) {
  network <- tanh_network(64, rep(32, depth), seed = 1, dtype = "float64")
  sgd <- fit(network, optimizer = "sgd", lr = 0.1)
  network <- tanh_network(64, rep(32, depth), seed = 1, dtype = "float64")
  adamw <- fit(network, optimizer = "adamw", lr = 0.003)
  text <- "%2d hidden layers   SGD: loss %.3f   AdamW: loss %.3f\n"
  cat(sprintf(text, depth, sgd$loss, adamw$loss))
}

# %% depth-lab
show_against("depth", "full")
show_best("depth", "full")

# %% solution-1
for (gain in c(1, 1.2, 5 / 3, 2)) {
  outputs <- forward(pixels, gain / 8, torch_tanh)
  sizes <- sprintf("%2d: %.3f", c(1, 5, 10, 20), vapply(outputs[c(1, 5, 10, 20)], size, 1))
  cat(sprintf("gain %.2f   layer %s\n", gain, paste(sizes, collapse = "   ")))
}

# %% solution-2
torch_manual_seed(2)
weights <- torch_randn(3, 3, dtype = torch_float64())
inputs <- torch_randn(64, 3, dtype = torch_float64())
norm <- nn_batch_norm1d(3)$to(dtype = torch_float64())
for (factor in c(1, 10, 1000)) {
  scaled <- norm(torch_matmul(inputs, weights * factor))
  gap <- (scaled - norm(torch_matmul(inputs, weights)))$abs()$max()$item()
  cat(sprintf("weights times %4d: the output changes by %.6f at most\n", factor, gap))
}

# %% solution-3
for (init in c("default", "xavier")) {
  for (depth in c(8, 16)) {
    network <- tanh_network(64, rep(32, depth), init = init, seed = 1, dtype = "float64")
    result <- fit(network, optimizer = "sgd", lr = 0.1)
    cat(sprintf("%2d hidden layers, %-7s   SGD: loss %.3f\n", depth, init, result$loss))
  }
}
