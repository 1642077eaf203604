# Which optimizer, which schedule? Run it from the project's folder, as a script or a notebook.
#| reads: shared_figures/training/full/schedules.r-torch.csv
#| reads: shared_figures/training/full/optimizers.r-torch.csv
#| reads: shared_figures/training/full/cosine.r-torch.csv
#| reads: shared_figures/training/full/cnn.r-torch.csv
#| reads: shared_figures/published/lenet-schedules.csv

# %% data
suppressPackageStartupMessages(library(gradpath))

parts <- digits(dtype = "float64")
split <- split_data(parts$train, 1137, seed = 0)
train <- split$train
validation <- split$validation
text <- "%d pictures to learn from, %d to decide with\n"
cat(sprintf(text, train$y$shape[1], validation$y$shape[1]))

# %% run
# Trains a small tanh network; gives its loss on the validation data at the end.
run <- function(optimizer, lr, schedule = NULL, seed = 1, epochs = 10) {
  table <- train_network(
    tanh_network(64, 32, seed = seed, dtype = "float64"),
    "cross_entropy",
    train,
    validation,
    epochs = epochs,
    batch_size = 64,
    optimizer = optimizer,
    lr = lr,
    schedule = schedule,
    seed = seed,
    progress = FALSE
  )
  tail(table$validation_loss, 1)
}

cat(sprintf("SGD with a rate of 0.1, ten epochs: validation loss %.4f\n", run("sgd", 0.1)))

# %% rates
grid <- list(
  sgd = c(0.03, 0.1, 0.3, 1),
  momentum = c(0.003, 0.01, 0.03, 0.1),
  nesterov = c(0.003, 0.01, 0.03, 0.1),
  adamw = c(0.001, 0.003, 0.01, 0.03)
)
best <- list()
for (name in names(grid)) {
  rates <- grid[[name]]
  losses <- vapply(rates, function(rate) run(name, rate), 1)
  best[[name]] <- rates[which.min(losses)]
  cat(sprintf("%-8s", name), sprintf("   %g: %.4f", rates, losses), "\n", sep = "")
}

# %% seeds
by_seed <- list()
for (name in names(grid)) {
  losses <- vapply(1:6, function(seed) run(name, best[[name]], seed = seed), 1)
  by_seed[[name]] <- losses
  spread <- sprintf("from %.4f to %.4f", min(losses), max(losses))
  text <- sprintf("mean %.4f, standard deviation %.4f", mean(losses), sd(losses))
  cat(sprintf("%-8s   rate %4g   %s, %s\n", name, best[[name]], text, spread))
}

# %% pairs
for (pair in list(c("sgd", "momentum"), c("momentum", "nesterov"), c("momentum", "adamw"))) {
  gaps <- by_seed[[pair[1]]] - by_seed[[pair[2]]]
  error <- sd(gaps) / sqrt(length(gaps))
  text <- "%s minus %s: %+.4f, give or take %.4f; %s wins %d of 6\n"
  cat(sprintf(text, pair[1], pair[2], mean(gaps), error, pair[2], sum(gaps > 0)))
}

# %% counting
# If a network is right with probability p: the standard error of its share of n pictures.
n <- c(300, 1000, 10000)
p <- c(0.97, 0.8, 0.89)
text <- "%5d pictures, %.0f%% right: give or take %.4f\n"
cat(sprintf(text, n, 100 * p, sqrt(p * (1 - p) / n)), sep = "")

# %% cosine
cosine <- list(name = "cosine", steps = 10)
cases <- list(list("momentum", 0.1), list("adamw", 0.03), list("adamw", 0.1))
for (case in cases) {
  cat(sprintf("%-8s %4g", case[[1]], case[[2]]))
  for (name in c("constant", "cosine")) {
    schedule <- if (name == "cosine") cosine
    losses <- vapply(1:6, function(seed) run(case[[1]], case[[2]], schedule, seed = seed), 1)
    cat(sprintf("   %s %.4f (%.4f)", name, mean(losses), sd(losses)))
  }
  cat("\n")
}

# %% published
# Fifty runs of the same code, none of them seeded, printed over three years in two editions
# of a book. What it calls multi-step was trained at a constant 0.125; why, see below.
published <- read.csv(find_table("published/lenet-schedules.csv"), comment.char = "#")
for (column in c("train_accuracy", "test_accuracy")) {
  text <- "%-14s   English   Chinese   fifty runs: mean, deviation, range\n"
  cat(sprintf(text, column))
  for (name in c("constant", "inverse-sqrt", "multi-step", "cosine", "warmup-cosine")) {
    rows <- published[published$run == name, ]
    fifty <- rows[[column]]
    english <- fifty[rows$version == "1.0.3"]
    chinese <- fifty[rows$version == "2.0.0-beta1"]
    cat(sprintf("%-14s   %.3f     %.3f     ", name, english, chinese))
    text <- "%.3f   %.4f   %.3f to %.3f\n"
    cat(sprintf(text, mean(fifty), sd(fifty), min(fifty), max(fifty)))
  }
}

# %% ours
# What was recorded of a lab: how its runs ended, and its table.
read_lab <- function(lab, size) {
  lines <- readLines(find_table(paste0("training/", size, "/", lab, ".r-torch.csv")))
  head <- sub("^# status of ", "", grep("^# status of ", lines, value = TRUE))
  ended <- sub("^.*?: ", "", head, perl = TRUE)
  names(ended) <- sub(": .*$", "", head)
  list(ended = ended, table = read.csv(text = lines[!startsWith(lines, "#")]))
}

# Says the mean of the seeds' numbers, and their range if there are several.
mean_and_range <- function(numbers) {
  if (length(numbers) == 1) {
    return(sprintf("%.3f", numbers))
  }
  sprintf("%.3f (%.3f to %.3f)", mean(numbers), min(numbers), max(numbers))
}

# What we call it, and what the edition calls a run of these rates.
alike <- c(
  "constant" = "constant",
  "inverse-sqrt" = "inverse-sqrt",
  "constant-0.125" = "multi-step",
  "cosine" = "cosine",
  "warmup-cosine" = "warmup-cosine"
)
table <- read_lab("schedules", "full")$table
ends <- table[!is.na(table$test_accuracy), ]
for (column in c("train_accuracy", "test_accuracy")) {
  text <- "%-14s   ours: mean, range         fifty runs   apart, in deviations\n"
  cat(sprintf(text, column))
  for (name in names(alike)) {
    numbers <- ends[[column]][ends$run == name]
    fifty <- published[[column]][published$run == alike[[name]]]
    apart <- (mean(numbers) - mean(fifty)) / sd(fifty)
    text <- "%-14s   %s   %.3f        %+.1f\n"
    cat(sprintf(text, name, mean_and_range(numbers), mean(fifty), apart))
  }
}

# %% used-up
opt <- optim_sgd(list(torch_zeros(1, requires_grad = TRUE)), lr = 0.5)
# {torch} has no scheduler with milestones; its general one takes a function of the epoch.
scheduler <- lr_lambda(opt, function(epoch) 0.5^sum(c(15, 30) <= epoch))

# The rates of 30 epochs; a real loop would train in between.
rates_of_30_epochs <- function() {
  rates <- NULL
  for (epoch in 0:29) {
    rates <- c(rates, opt$param_groups[[1]]$lr)
    opt$step()
    scheduler$step()
  }
  rates
}

for (purpose in c("for the picture", "for the training")) {
  rates <- rates_of_30_epochs()
  text <- "%-16s   epoch 0: %.3f   14: %.3f   15: %.3f   29: %.3f\n"
  cat(sprintf(text, purpose, rates[1], rates[15], rates[16], rates[30]))
}

# %% late
then <- list(name = "cosine", steps = 15, lr_min = 0.01)
warmup <- list(name = "warmup", warmup = 5, start_factor = 0, then = then)
schedule <- make_schedule(warmup, lr = 0.3)
rate <- 0.3
used <- NULL
for (epoch in 0:7) {
  used <- c(used, rate)
  rate <- schedule(epoch)
}
meant <- vapply(0:7, schedule, 1)
cat("meant: ", paste(sprintf("%.3f", meant), collapse = "  "), "\n", sep = "")
cat("used:  ", paste(sprintf("%.3f", used), collapse = "  "), "\n", sep = "")

# %% recorded
# The last rows of a lab's runs: by method, and by rate.
ends_of <- function(lab, size) {
  recorded <- read_lab(lab, size)
  ends <- recorded$table[!is.na(recorded$table$test_accuracy), ]
  methods <- list()
  for (run_id in unique(sub(", seed .*$", "", names(recorded$ended)))) {
    method <- sub("-[^-]*$", "", run_id)
    rate <- sub("^.*-", "", run_id)
    statuses <- recorded$ended[startsWith(names(recorded$ended), paste0(run_id, ", "))]
    rows <- if (all(statuses == "finished")) ends[ends$run == run_id, ]
    methods[[method]] <- c(methods[[method]], setNames(list(rows), rate))
  }
  methods
}

# Prints each method's rate with the best mean validation, and the test of that one only.
show_best <- function(lab, size) {
  methods <- ends_of(lab, size)
  cat("method            rates            best   validation, and range     test, and range\n")
  for (method in names(methods)) {
    tried <- names(methods[[method]])
    ends <- Filter(Negate(is.null), methods[[method]])
    means <- vapply(ends, function(rows) mean(rows$validation_accuracy), 1)
    best <- names(which.max(means))
    cat(sprintf(
      "%-15s   %-14s %6s   %-22s   %s\n",
      method,
      paste(tried[1], "to", tail(tried, 1)),
      best,
      mean_and_range(ends[[best]]$validation_accuracy),
      mean_and_range(ends[[best]]$test_accuracy)
    ))
  }
}

# %% optimizers
show_best("optimizers", "full")

# %% restless
table <- read_lab("optimizers", "full")$table
shown <- c("sgd-0.03", "sgd-0.1", "sgd-0.3", "sgd-1", "momentum-0.03", "adamw-0.001")
for (run_id in shown) {
  rows <- table[table$run == run_id, ]
  train_end <- mean(rows$train_accuracy[rows$epoch == 15])
  late <- rows$validation_accuracy[rows$epoch > 10]
  text <- "%-13s   train %.3f   validation %.3f to %.3f\n"
  cat(sprintf(text, run_id, train_end, min(late), max(late)))
}

# %% cosine-lab
show_best("cosine", "full")

# %% cnn-lab
show_best("cnn", "full")

# %% solution-1
# One rate further on for each of them.
further <- c(sgd = 2, momentum = 0.3, nesterov = 0.3, adamw = 0.1)
for (name in names(further)) {
  losses <- vapply(1:6, function(seed) run(name, further[[name]], seed = seed), 1)
  text <- "%-8s   rate %3g   mean %.2f, from %.2f to %.2f\n"
  cat(sprintf(text, name, further[[name]], mean(losses), min(losses), max(losses)))
}

# %% solution-2
then <- list(name = "cosine", steps = 8)
warmup <- list(name = "warmup", warmup = 2, start_factor = 0.1, then = then)
schedules <- list("cosine" = cosine, "warmup, then cosine" = warmup)
for (name in names(schedules)) {
  losses <- vapply(1:6, function(seed) run("adamw", 0.1, schedules[[name]], seed = seed), 1)
  cat(sprintf("%-19s   mean %.4f, standard deviation %.4f\n", name, mean(losses), sd(losses)))
}

# %% solution-3
# With n runs of each a difference is found in four of five cases, wrongly seen in one of 20.
deviation <- sd(by_seed$momentum)
for (difference in c(0.02, 0.01, 0.005, 0.001)) {
  n <- ceiling(2 * (1.96 + 0.84)^2 * deviation^2 / difference^2)
  cat(sprintf("to tell a difference of %.3f: %d runs of each\n", difference, as.integer(n)))
}
