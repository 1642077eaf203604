# Descent by hand: a small network, trained without an optimizer. Run it from the project's
# folder, as a script or as a notebook.
#| reads: shared_figures/recorded_torch/torch_network.csv

# %% data
suppressPackageStartupMessages(library(gradpath))

torch_manual_seed(42)
x <- torch_randn(100, 3, dtype = torch_float64())
noise <- torch_randn(100, 1, dtype = torch_float64())
truth <- torch_tensor(c(0.2, -1.3, -0.5), dtype = torch_float64())$reshape(c(3, 1))
y <- x$matmul(truth) + noise
for (i in 1:3) {
  row <- as.numeric(x[i, ])
  cat(sprintf(
    "row %d   x %7.4f %7.4f %7.4f   y %7.4f\n",
    i, row[1], row[2], row[3], y[i, 1]$item()
  ))
}

# %% weights
# The library's linear layers draw their first weights;
# all that we take from them is the numbers.
first <- nn_linear(3, 32)
second <- nn_linear(32, 1)
drawn <- lapply(
  list(first$weight, first$bias, second$weight, second$bias),
  function(w) w$detach()$to(dtype = torch_float64())
)

# The first weights again, as tensors that collect a gradient.
fresh_weights <- function() {
  weights <- lapply(drawn, function(w) w$clone()$requires_grad_())
  setNames(weights, c("w1", "b1", "w2", "b2"))
}

weights <- fresh_weights()
w1 <- weights$w1
b1 <- weights$b1
w2 <- weights$w2
b2 <- weights$b2
for (name in names(weights)) {
  w <- weights[[name]]
  cat(sprintf(
    "%s   %2d numbers between %7.4f and %7.4f\n",
    name, w$numel(), w$min()$item(), w$max()$item()
  ))
}
cat(sprintf("together %d\n", w1$numel() + b1$numel() + w2$numel() + b2$numel()))

# %% forward
hidden <- (x$matmul(w1$t()) + b1)$clamp(min = 0)
prediction <- hidden$matmul(w2$t()) + b2
for (i in 1:3) {
  cat(sprintf(
    "row %d   prediction %7.4f   target %7.4f\n",
    i, prediction[i, 1]$item(), y[i, 1]$item()
  ))
}
off <- (hidden == 0)$to(dtype = torch_float64())$mean()$item()
cat(sprintf("share of hidden values that the ReLU set to zero: %.4f\n", off))

# %% loss
loss <- (prediction - y)$pow(2)$mean()
cat(sprintf("loss of the network as drawn    %.6f\n", loss$item()))
cat(sprintf("loss of predicting always zero  %.6f\n", y$pow(2)$mean()$item()))
cat(sprintf("loss of the true coefficients   %.6f\n", noise$pow(2)$mean()$item()))

# %% gradient
loss$backward()
for (name in names(weights)) {
  g <- weights[[name]]$grad
  cat(sprintf("%s   %2d slopes, the steepest %.6f\n", name, g$numel(), g$abs()$max()$item()))
}

# %% nudge
# The loss of the network as drawn, but with another b2.
loss_with <- function(b2) (hidden$matmul(w2$t()) + b2 - y)$pow(2)$mean()$item()

b <- b2$item()
nudged <- (loss_with(b + 1e-4) - loss_with(b - 1e-4)) / 2e-4
cat(sprintf("slope along b2, from backward()            %.6f\n", b2$grad$item()))
cat(sprintf("slope along b2, from nudging b2 to and fro %.6f\n", nudged))
cat(sprintf(
  "slope along b2, from the chain rule        %.6f\n",
  (prediction - y)$mean()$item() * 2
))

# %% one-step
learning_rate <- 0.05
with_no_grad({
  for (w in list(w1, b1, w2, b2)) {
    w$sub_(w$grad * learning_rate)
  }
})
hidden <- (x$matmul(w1$t()) + b1)$clamp(min = 0)
after <- (hidden$matmul(w2$t()) + b2 - y)$pow(2)$mean()
cat(sprintf("before the step %.6f   after it %.6f\n", loss$item(), after$item()))

# %% object-without-no-grad
#| differs 1: PyTorch's message begins with the kind of its error
# The first line of what the library says.
said <- tryCatch(w1$sub_(w1$grad * learning_rate), error = conditionMessage)
cat(sub("\n.*", "", said), "\n")

# %% add-up
# The gradients of before are still there. backward() adds to them.
old <- b2$grad$item()
after$backward()
together <- b2$grad$item()
invisible(b2$grad$zero_())
loss <- ((x$matmul(w1$t()) + b1)$clamp(min = 0)$matmul(w2$t()) + b2 - y)$pow(2)$mean()
loss$backward()
new <- b2$grad$item()
cat(sprintf("slope of the first round %.6f, of the second %.6f\n", old, new))
cat(sprintf("after a second backward() %.6f, which is their sum %.6f\n", together, old + new))

# %% loop
learning_rate <- 0.05
weights <- fresh_weights()
w1 <- weights$w1
b1 <- weights$b1
w2 <- weights$w2
b2 <- weights$b2
losses <- numeric()
for (step in 0:200) {
  # Forward: the prediction, and how wrong it is.
  hidden <- (x$matmul(w1$t()) + b1)$clamp(min = 0)
  prediction <- hidden$matmul(w2$t()) + b2
  loss <- (prediction - y)$pow(2)$mean()
  losses <- c(losses, loss$item())
  if (step %in% c(0, 1, 2, 3, 10, 50, 100, 200)) {
    cat(sprintf("step %3d   loss %.10f\n", step, loss$item()))
  }
  # Backward: the slope of the loss along each of the weights.
  loss$backward()
  # Update: a small step down each slope, and the slopes back to zero for the next round.
  with_no_grad({
    w1$sub_(w1$grad * learning_rate)
    b1$sub_(b1$grad * learning_rate)
    w2$sub_(w2$grad * learning_rate)
    b2$sub_(b2$grad * learning_rate)
    w1$grad$zero_()
    b1$grad$zero_()
    w2$grad$zero_()
    b2$grad$zero_()
  })
}

# %% recorded
recorded <- read.csv(find_table("recorded_torch/torch_network.csv"), comment.char = "#")
tape <- recorded$loss[recorded$run == "sgd by hand lr=0.05" & recorded$dtype == "float64"]
gaps <- abs(losses - tape)
last <- length(tape)
cat(sprintf(
  "%d losses, the last recorded as %.10f, computed now as %.10f\n",
  last, tape[last], losses[last]
))
cat(sprintf("largest difference %.12f\n", max(gaps)))

# %% learned
with_no_grad({
  for (j in 1:3) {
    # From -1 to 1 along one input, the others at 0.
    ends <- torch_zeros(2, 3, dtype = torch_float64())
    ends[1, j] <- -1
    ends[2, j] <- 1
    heights <- as.numeric((ends$matmul(w1$t()) + b1)$clamp(min = 0)$matmul(w2$t()) + b2)
    slope <- (heights[2] - heights[1]) / 2
    cat(sprintf(
      "x%d   mean slope of the network %7.4f   true %4.1f\n",
      j, slope, truth[j, 1]$item()
    ))
  }
})
cat(sprintf("loss of the network             %.6f\n", losses[last]))
cat(sprintf("loss of the true coefficients   %.6f\n", noise$pow(2)$mean()$item()))

# %% train
# Trains by hand; returns the losses. Without zero, slopes pile up from step to step.
train <- function(weights, learning_rate, steps, zero = TRUE) {
  losses <- numeric()
  for (step in 0:steps) {
    hidden <- (x$matmul(weights$w1$t()) + weights$b1)$clamp(min = 0)
    loss <- (hidden$matmul(weights$w2$t()) + weights$b2 - y)$pow(2)$mean()
    losses <- c(losses, loss$item())
    loss$backward()
    with_no_grad({
      for (w in weights) {
        w$sub_(w$grad * learning_rate)
        if (zero) {
          w$grad$zero_()
        }
      }
    })
  }
  losses
}

# %% not-zeroed
zeroed <- train(fresh_weights(), 0.01, 60)
piled_up <- train(fresh_weights(), 0.01, 60, zero = FALSE)
for (step in c(0, 1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 60)) {
  at <- step + 1
  cat(sprintf("step %2d   zeroed %.4f   not zeroed %.4f\n", step, zeroed[at], piled_up[at]))
}

# %% piled-up-momentum
# Slopes that pile up are a velocity that never fades: v <- 1 v + g.
weights <- fresh_weights()
velocities <- lapply(weights, function(w) torch_zeros_like(w))
gaps <- numeric()
for (step in 0:60) {
  hidden <- (x$matmul(weights$w1$t()) + weights$b1)$clamp(min = 0)
  loss <- (hidden$matmul(weights$w2$t()) + weights$b2 - y)$pow(2)$mean()
  gaps <- c(gaps, abs(loss$item() - piled_up[step + 1]))
  loss$backward()
  with_no_grad({
    for (name in names(weights)) {
      w <- weights[[name]]
      v <- velocities[[name]]
      v$add_(w$grad)
      w$sub_(v * 0.01)
      w$grad$zero_()
    }
  })
}
cat(sprintf("momentum 1, with zeroing, differs from not zeroing by %.10f\n", max(gaps)))

# %% solution-1
# A loss as text; it may have grown beyond all numbers.
in_words <- function(loss) {
  if (is.nan(loss)) {
    return("not a number")
  }
  if (loss < 10) sprintf("%.4f", loss) else "over 10"
}

for (learning_rate in c(0.001, 0.01, 0.05, 0.1, 0.2, 0.8)) {
  losses <- train(fresh_weights(), learning_rate, 200)
  at <- vapply(losses[c(5, 50, 200) + 1], in_words, "")
  cat(sprintf(
    "learning rate %.3f   loss after 5 steps %s, after 50 %s, after 200 %s\n",
    learning_rate, at[1], at[2], at[3]
  ))
}

# %% solution-2
# The chain rule, from the loss back to the first layer.
weights <- fresh_weights()
before <- x$matmul(weights$w1$t()) + weights$b1
hidden <- before$clamp(min = 0)
prediction <- hidden$matmul(weights$w2$t()) + weights$b2
loss <- (prediction - y)$pow(2)$mean()
loss$backward()
with_no_grad({
  to_prediction <- (prediction - y) * (2 / 100)
  to_hidden <- to_prediction$matmul(weights$w2)
  to_before <- to_hidden * (before > 0)
  by_hand <- list(
    w1 = to_before$t()$matmul(x),
    b1 = to_before$sum(dim = 1),
    w2 = to_prediction$t()$matmul(hidden),
    b2 = to_prediction$sum(dim = 1)
  )
  for (name in names(weights)) {
    gap <- (weights[[name]]$grad - by_hand[[name]])$abs()$max()$item()
    cat(sprintf("%s   largest difference from backward(): %.12f\n", name, gap))
  }
})

# %% solution-3
# Ten rows at a time, in order: 20 rounds of 10 steps in place of 200 steps over all rows.
weights <- fresh_weights()
for (step in 0:199) {
  rows <- step %% 10 * 10 + 1:10
  hidden <- (x[rows, ]$matmul(weights$w1$t()) + weights$b1)$clamp(min = 0)
  loss <- (hidden$matmul(weights$w2$t()) + weights$b2 - y[rows, ])$pow(2)$mean()
  if (step %in% c(0, 1, 2, 197, 198, 199)) {
    cat(sprintf("step %3d   loss of its ten rows %.4f\n", step, loss$item()))
  }
  loss$backward()
  with_no_grad({
    for (w in weights) {
      w$sub_(w$grad * 0.05)
      w$grad$zero_()
    }
  })
}
with_no_grad({
  hidden <- (x$matmul(weights$w1$t()) + weights$b1)$clamp(min = 0)
  whole <- (hidden$matmul(weights$w2$t()) + weights$b2 - y)$pow(2)$mean()$item()
})
cat(sprintf("loss of all rows in the end %.4f\n", whole))
