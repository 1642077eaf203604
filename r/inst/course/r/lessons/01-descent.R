# Downhill: a step against the gradient, again and again. Run it from the course's folder, as a script or as a notebook.

# %% start
suppressPackageStartupMessages(library(gradpath))

names <- load_surfaces()
valley <- get_surface("valley")

# Prints one point of a path.
show_point <- function(step, x, value) {
  x <- as.numeric(x)
  cat(sprintf("step %d   x1 %9.6f   x2 %9.6f   value %9.6f\n", step, x[1], x[2], value$item()))
}

# %% by-hand
lr <- 0.2
x <- torch_tensor(c(-4, 3), dtype = torch_float64(), requires_grad = TRUE)
for (step in 0:5) {
  value <- valley(x)
  show_point(step, x, value)
  value$backward()
  with_no_grad(x$sub_(x$grad * lr))
  x$grad$zero_()
}

# %% object
x <- torch_tensor(c(-4, 3), dtype = torch_float64(), requires_grad = TRUE)
opt <- optim_sgd(list(x), lr = 0.2)
for (step in 0:5) {
  value <- valley(x)
  show_point(step, x, value)
  opt$zero_grad()
  value$backward()
  opt$step()
}

# %% momentum
path <- descend("valley", start = c(-4, 3), optimizer = "momentum", steps = 25, lr = 0.2, momentum = 0.7)
cat(sprintf("after %d steps the value is %.6f\n", nrow(path) - 1, tail(path$value, 1)))
