# Times Adam steps by hand or by optim on a vector of n elements: `Rscript adam_steps.R METHOD N STEPS ROUNDS`.
# Prints steps per second, one number per round. Its twin is adam_steps.py.
suppressPackageStartupMessages(library(gradpath))

arguments <- commandArgs(trailingOnly = TRUE)
method <- arguments[1]
numbers <- as.integer(arguments[2:4])
n <- numbers[1]
steps <- numbers[2]
rounds <- numbers[3]

by_hand <- function(x) {
  state <- list()
  for (k in seq_len(steps)) {
    value <- (x * x)$sum()
    g <- autograd_grad(value, x)[[1]]
    with_no_grad({
      step <- adam(x, g, state, lr = 1e-3)
    })
    state <- step$state
    x <- step$x$requires_grad_(TRUE)
  }
}

by_optim <- function(x) {
  opt <- make_optimizer("adam", list(x), lr = 1e-3)
  for (k in seq_len(steps)) {
    opt$zero_grad()
    (x * x)$sum()$backward()
    opt$step()
  }
}

for (k in seq_len(rounds)) {
  start <- torch_ones(n, requires_grad = TRUE)
  began <- proc.time()[["elapsed"]]
  if (method == "manual") by_hand(start) else by_optim(start)
  cat(format(steps / (proc.time()[["elapsed"]] - began), digits = 6), "\n")
}
