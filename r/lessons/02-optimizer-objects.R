# Optimizer objects: what the library's optimizers do for you, and what they remember. Run it
# from the project's folder, as a script or as a notebook.
#| reads: shared_figures/recorded_torch/torch_network.csv

# %% start
suppressPackageStartupMessages(library(gradpath))

torch_manual_seed(42)
x <- torch_randn(100, 3, dtype = torch_float64())
noise <- torch_randn(100, 1, dtype = torch_float64())
truth <- torch_tensor(c(0.2, -1.3, -0.5), dtype = torch_float64())$reshape(c(3, 1))
y <- x$matmul(truth) + noise
after_the_data <- torch_get_rng_state()

# The network of the chapter before, with the same first weights at every call.
fresh_network <- function() {
  torch_set_rng_state(after_the_data)
  layers <- nn_sequential(nn_linear(3, 32), nn_relu(), nn_linear(32, 1))
  layers$to(dtype = torch_float64())
}

# The mean squared error of a network.
loss_of <- function(network) (network(x) - y)$pow(2)$mean()

cat(sprintf("loss of the network as drawn %.10f\n", loss_of(fresh_network())$item()))

# %% by-hand
network <- fresh_network()
by_hand <- numeric()
for (step in 0:200) {
  loss <- loss_of(network)
  by_hand <- c(by_hand, loss$item())
  loss$backward()
  with_no_grad({
    for (w in network$parameters) {
      w$sub_(w$grad * 0.05)
      w$grad$zero_()
    }
  })
}
cat(sprintf("step 200   loss %.10f\n", by_hand[201]))

# %% object
network <- fresh_network()
opt <- optim_sgd(network$parameters, lr = 0.05)
by_object <- numeric()
for (step in 0:200) {
  opt$zero_grad()
  loss <- loss_of(network)
  by_object <- c(by_object, loss$item())
  loss$backward()
  opt$step()
}
cat(sprintf("step 200   loss %.10f\n", by_object[201]))
cat(sprintf("largest difference on the way %.12f\n", max(abs(by_hand - by_object))))

# %% train
# Takes that many steps; returns the losses before each of them, and the one after the last.
train <- function(network, opt, steps) {
  losses <- numeric()
  for (step in seq_len(steps)) {
    opt$zero_grad()
    loss <- loss_of(network)
    losses <- c(losses, loss$item())
    loss$backward()
    opt$step()
  }
  c(losses, loss_of(network)$item())
}

# %% swap
recorded <- read.csv(find_table("recorded_torch/torch_network.csv"), comment.char = "#")
makers <- list(
  "sgd lr=0.05" = function(p) optim_sgd(p, lr = 0.05),
  "momentum lr=0.02 m=0.9" = function(p) optim_sgd(p, lr = 0.02, momentum = 0.9),
  "adagrad lr=0.1" = function(p) optim_adagrad(p, lr = 0.1),
  "rmsprop lr=0.01" = function(p) optim_rmsprop(p, lr = 0.01),
  "adam lr=0.01" = function(p) optim_adam(p, lr = 0.01),
  "adamw lr=0.01" = function(p) optim_ignite_adamw(p, lr = 0.01)
)
for (name in names(makers)) {
  network <- fresh_network()
  losses <- train(network, makers[[name]](network$parameters), 200)
  tape <- recorded$loss[recorded$run == name & recorded$dtype == "float64"]
  gap <- max(abs(losses - tape))
  cat(sprintf(
    "%-22s   loss %.4f after 20, %.4f after 200   off %.10f\n",
    name, losses[21], losses[201], gap
  ))
}

# %% object-zero-grad
#| differs 4-6: optimizers that {torch} writes in R fill with zeros, PyTorch unsets
network <- fresh_network()
opt <- optim_sgd(network$parameters, lr = 0.05)
bias <- network$parameters[[4]]
cat("before any backward(), is there a gradient?", !is_undefined_tensor(bias$grad), "\n")
loss <- loss_of(network)
loss$backward()
cat("after backward():", sprintf("%.6f", bias$grad$item()), "\n")
invisible(opt$zero_grad())
cat("after zero_grad():\n")
print(bias$grad)

# %% two-halves
# The slope of the mean over all rows is the mean of the
# slopes of its two halves: they may simply add up.
network <- fresh_network()
halved <- fresh_network()
loss <- loss_of(network)
loss$backward()
for (rows in list(1:50, 51:100)) {
  half <- (halved(x[rows, ]) - y[rows, ])$pow(2)$mean() * 0.5
  half$backward()
  cat(sprintf("half of the mean loss of fifty rows %.6f\n", half$item()))
}
gaps <- mapply(
  function(a, b) (a$grad - b$grad)$abs()$max()$item(),
  network$parameters,
  halved$parameters
)
cat(sprintf("largest difference of any slope %.12f\n", max(gaps)))

# %% groups
network <- fresh_network()
weights <- network$parameters
opt <- optim_sgd(
  list(list(params = weights[1:2], lr = 0.005), list(params = weights[3:4])),
  lr = 0.05
)
first_weights <- lapply(weights, function(w) w$detach()$clone())
losses <- train(network, opt, 200)
moved <- mapply(function(w, v) (w - v)$abs()$max()$item(), weights, first_weights)
ways <- list(moved[1:2], moved[3:4])
for (i in 1:2) {
  group <- opt$param_groups[[i]]
  cat(sprintf(
    "%d tensors with lr %.3f have moved by up to %.4f\n",
    length(group$params), group$lr, max(ways[[i]])
  ))
}
cat(sprintf("loss after 200 steps %.6f\n", losses[201]))

# %% object-groups
#| differs 2-7: the settings that the library's object knows
group <- opt$param_groups[[1]]
shapes <- vapply(group$params, function(w) paste(dim(w), collapse = " x "), "")
cat("params:", paste(shapes, collapse = ", "), "\n")
str(group[names(group) != "params"])

# %% change-rate
network <- fresh_network()
opt <- optim_sgd(network$parameters, lr = 0.5)
fast <- train(network, opt, 12)
opt$param_groups[[1]]$lr <- 0.05
slow <- train(network, opt, 12)
cat(sprintf("lr 0.50:  %s\n", paste(sprintf("%.3f", fast[9:13]), collapse = "  ")))
cat(sprintf("lr 0.05:  %s\n", paste(sprintf("%.3f", slow[2:6]), collapse = "  ")))

# %% add-group
network <- fresh_network()
weights <- network$parameters
w1 <- weights[[1]]
opt <- optim_sgd(weights[3:4], lr = 0.05)
first_w1 <- w1$detach()$clone()
losses <- train(network, opt, 100)
moved <- (w1 - first_w1)$abs()$max()$item()
cat(sprintf("one group    loss %.6f   w1 moved by up to %.4f\n", losses[101], moved))
invisible(opt$add_param_group(list(params = weights[1:2], lr = 0.02)))
losses <- train(network, opt, 100)
moved <- (w1 - first_w1)$abs()$max()$item()
cat(sprintf("two groups   loss %.6f   w1 moved by up to %.4f\n", losses[101], moved))

# %% state
for (name in names(makers)[1:5]) {
  network <- fresh_network()
  opt <- makers[[name]](network$parameters)
  losses <- train(network, opt, 1)
  state <- opt$state_dict()$state
  kept <- setdiff(unique(unlist(lapply(state, names))), "step")
  numbers <- sum(unlist(lapply(state, function(entry) {
    lapply(entry[kept], function(value) value$numel())
  })))
  shown <- if (length(kept)) paste(sort(kept), collapse = ", ") else "nothing"
  cat(sprintf("%-22s   %3d numbers in %s\n", name, numbers, shown))
}

# %% object-state
saved <- opt$state_dict()
cat("parts:", paste(names(saved), collapse = ", "), "\n")
for (number in names(saved$state)) {
  entry <- saved$state[[number]]
  shapes <- vapply(entry, function(value) paste(dim(value), collapse = " x "), "")
  cat("parameter ", number, ": ", paste(names(shapes), shapes, collapse = ", "), "\n", sep = "")
}
cat("tensors of the first group:", saved$param_groups[[1]]$params, "\n")

# %% snapshot
network <- fresh_network()
opt <- optim_adam(network$parameters, lr = 0.01)
snapshot <- network$state_dict()
copied <- lapply(snapshot, function(w) w$clone())
losses <- train(network, opt, 10)
for (name in c("snapshot", "copy")) {
  kept <- if (name == "snapshot") snapshot else copied
  gap <- max(mapply(function(w, v) (w - v)$abs()$max()$item(), network$parameters, kept))
  cat(sprintf("%-8s   differs from the network of now by up to %.4f\n", name, gap))
}

# %% without-a-break
network <- fresh_network()
opt <- optim_adam(network$parameters, lr = 0.01)
whole <- train(network, opt, 120)
whole_weights <- lapply(network$parameters, function(w) w$detach()$clone())
cat(sprintf("loss after 120 steps without a break %.10f\n", whole[121]))

# %% interrupt
network <- fresh_network()
opt <- optim_adam(network$parameters, lr = 0.01)
losses <- train(network, opt, 60)
file <- tempfile(fileext = ".pt")
torch_save(list(network = network$state_dict(), optimizer = opt$state_dict()), file)

# %% resume
torch_manual_seed(7)
layers <- nn_sequential(nn_linear(3, 32), nn_relu(), nn_linear(32, 1))
network <- layers$to(dtype = torch_float64())
opt <- optim_adam(network$parameters, lr = 0.5)
cat(sprintf("loss of a network drawn anew %.6f\n", loss_of(network)$item()))
saved <- torch_load(file)
invisible(network$load_state_dict(saved$network))
invisible(opt$load_state_dict(saved$optimizer))
rest <- train(network, opt, 60)
equal <- sum(rest == whole[61:121])
same <- sum(mapply(function(a, b) (a == b)$sum()$item(), network$parameters, whole_weights))
cat(sprintf("%d of %d losses are equal to the last bit\n", equal, length(rest)))
cat(sprintf("%d of 161 weights are equal to the last bit\n", same))

# %% without-the-state
network <- fresh_network()
invisible(network$load_state_dict(saved$network))
opt <- optim_adam(network$parameters, lr = 0.01)
forgetful <- train(network, opt, 60)
for (step in c(60, 61, 62, 63, 65, 70, 80, 120)) {
  at <- step - 60 + 1
  cat(sprintf(
    "step %3d   resumed %.6f   with an optimizer that forgot %.6f\n",
    step, rest[at], forgetful[at]
  ))
}

# %% solution-1
# Weights decay, biases do not.
for (decay in c(0, 0.1)) {
  network <- fresh_network()
  weights <- network$parameters
  opt <- optim_ignite_sgd(
    list(
      list(params = weights[c(1, 3)], weight_decay = decay),
      list(params = weights[c(2, 4)], weight_decay = 0)
    ),
    lr = 0.05
  )
  losses <- train(network, opt, 200)
  sizes <- lapply(list(weights[c(1, 3)], weights[c(2, 4)]), function(group) {
    mean(abs(unlist(lapply(group, as.numeric))))
  })
  cat(sprintf(
    "decay %.1f   loss %.4f   mean size of weights %.4f, of biases %.4f\n",
    decay, losses[201], sizes[[1]], sizes[[2]]
  ))
}

# %% solution-2
opt <- optim_adam(fresh_network()$parameters, lr = 0.5)
cat(sprintf("lr before loading %.2f\n", opt$param_groups[[1]]$lr))
invisible(opt$load_state_dict(saved$optimizer))
cat(sprintf("lr after loading %.2f\n", opt$param_groups[[1]]$lr))

# %% solution-3
# Momentum with the two functions that a training loop asks for.
hand_made <- function(params, lr, momentum) {
  velocities <- lapply(params, function(w) torch_zeros_like(w))
  list(
    # Forgets the slopes, once there are any.
    zero_grad = function() {
      for (w in params) {
        if (!is_undefined_tensor(w$grad)) w$grad$zero_()
      }
    },
    # Lets each velocity fade, adds the slope, and moves along.
    step = function() {
      with_no_grad({
        for (i in seq_along(params)) {
          velocities[[i]]$mul_(momentum)$add_(params[[i]]$grad)
          params[[i]]$sub_(velocities[[i]] * lr)
        }
      })
    }
  )
}

network <- fresh_network()
ours <- train(network, hand_made(network$parameters, lr = 0.02, momentum = 0.9), 200)
network <- fresh_network()
theirs <- train(network, optim_sgd(network$parameters, lr = 0.02, momentum = 0.9), 200)
gap <- max(abs(ours - theirs))
cat(sprintf("loss after 200 steps %.10f\n", ours[201]))
cat(sprintf("largest difference from the library's object %.10f\n", gap))

# %% solution-4
for (name in names(makers)[c(1, 3, 5)]) {
  network <- fresh_network()
  opt <- makers[[name]](network$parameters)
  first <- loss_of(network)$item()
  for (step in 1:200) {
    loss <- loss_of(network)
    loss$backward()
    opt$zero_grad()
    opt$step()
  }
  last <- loss_of(network)$item()
  cat(sprintf("%-15s   loss %.10f, 200 rounds later %.10f\n", name, first, last))
}
