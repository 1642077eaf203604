# Do the languages agree? Run it from the project's folder, as a script or as a notebook.
#| reads: shared_figures/recorded_torch/torch_paths.csv
#| reads: shared_figures/recorded_torch/torch_seeds.csv

# %% start
suppressPackageStartupMessages(library(gradpath))

recorded <- read.csv(find_table("recorded_torch/torch_paths.csv"), comment.char = "#")
cat(sprintf(
  "%d paths recorded with R's torch, %d points\n",
  length(unique(recorded$id)), nrow(recorded)
))

# The points of a path as a matrix with two columns.
points_of <- function(path) unname(as.matrix(path[c("x1", "x2")]))

# The points of a recorded path.
taped <- function(name) points_of(recorded[recorded$id == name, ])

# The largest difference between two paths, in any coordinate at any step.
distance <- function(a, b) max(abs(a - b))

# %% by-hand-and-optim
cases <- list(
  sgd = list(lr = 0.001),
  momentum = list(lr = 0.0005, momentum = 0.9),
  nesterov = list(lr = 0.0005, momentum = 0.9),
  adagrad = list(lr = 0.5),
  rmsprop = list(lr = 0.01),
  adam = list(lr = 0.1),
  adamw = list(lr = 0.1)
)
for (name in names(cases)) {
  settings <- c(list("rosenbrock", c(-1.5, 2), name, steps = 100), cases[[name]])
  manual <- do.call(descend, c(settings, method = "manual"))
  optim <- do.call(descend, c(settings, method = "optim"))
  gap <- distance(points_of(manual), points_of(optim))
  cat(sprintf("%-9s by hand and by optim differ by %.10f\n", name, gap))
}

# %% recorded
live <- list(
  "rosenbrock-adam" = list("rosenbrock", c(-1.5, 2), "adam", 200, lr = 0.1),
  "himmelblau-rmsprop" = list("himmelblau", c(-4, -4), "rmsprop", 100, lr = 0.05),
  "beale-momentum" = list("beale", c(1, 1.5), "momentum", 150, lr = 0.005, momentum = 0.9),
  "anisotropic-adagrad" = list(
    "anisotropic_paraboloid", c(5.1, 2.3), "adagrad", 7,
    lr = 3.7, eps = 1e-6
  )
)
for (name in names(live)) {
  path <- do.call(descend, c(live[[name]], method = "optim"))
  gap <- distance(taped(name), points_of(path))
  cat(sprintf("%-20s recorded and computed now differ by %.10f\n", name, gap))
}

# %% object-scalar-left
#| differs 1-2: {torch} makes a float32 of a scalar on the left
#| differs 3: names the engine
x <- torch_tensor(c(1, 2), dtype = torch_float64())
left <- 3.7 * x
right <- x * 3.7
cat(sprintf(
  "scalar on the left: %.16f, on the right: %.16f\n",
  left[1]$item(), right[1]$item()
))
difference <- 1 - x[2]
print(difference$dtype)
cat("engine:", engine_info()$name, "\n")

# %% float32-scalar
# What {torch} makes of a scalar on the left can be
# written in either language: a float32 tensor.
x <- torch_tensor(c(1, 2), dtype = torch_float64())
scalar <- torch_tensor(3.7)
cat(sprintf("the scalar 3.7 as float32, times 1: %.16f\n", (scalar * x)[1]$item()))
one <- torch_tensor(1)
x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64())
cat(sprintf("1 as float32, minus 5.1: %.16f\n", (one - x[1])$item()))
cat(sprintf("5.1 * -1 + 1:            %.16f\n", (x[1] * -1 + 1)$item()))

# %% scalar-cost
# Adagrad with lr = 3.7 as a float32 number: how far from the path is the last point?
exact <- descend(
  "anisotropic_paraboloid", c(5.1, 2.3), "adagrad",
  steps = 7, lr = 3.7, eps = 1e-6
)
rounded_lr <- torch_tensor(3.7)$item()
rounded <- descend(
  "anisotropic_paraboloid", c(5.1, 2.3), "adagrad",
  steps = 7, lr = rounded_lr, eps = 1e-6
)
cat(sprintf("lr %.16f\n", rounded_lr))
cat(sprintf(
  "largest difference on the path: %.2e\n",
  distance(points_of(exact), points_of(rounded))
))

# %% adamw-recorded
path <- descend(
  "rosenbrock", c(-1.5, 2), "adamw",
  steps = 200, method = "optim", lr = 0.1, weight_decay = 0.01
)
for (name in c("rosenbrock-ignite-adamw", "rosenbrock-adamw")) {
  gap <- distance(taped(name), points_of(path))
  cat(sprintf("%-24s recorded and computed now differ by %.10f\n", name, gap))
}

# %% adamw-count
# Adam's bias correction of the squares after t steps, in float64 and counted in float32.
corrections <- function(t) {
  count <- torch_tensor(as.numeric(t))
  c(exact = 1 - 0.999^t, counted = (torch_pow(torch_tensor(0.999), count) * -1 + 1)$item())
}

for (t in c(1, 2, 5, 10, 100, 1000)) {
  both <- corrections(t)
  cat(sprintf(
    "step %4d   1 - 0.999^t = %.12f   counted in float32 %.12f\n",
    t, both[["exact"]], both[["counted"]]
  ))
}

# %% adamw-explained
# The whole recorded path, by hand, with the corrections computed in float32.
x <- torch_tensor(c(-1.5, 2), dtype = torch_float64(), requires_grad = TRUE)
m <- torch_zeros(2, dtype = torch_float64())
v <- torch_zeros(2, dtype = torch_float64())
rosenbrock <- get_surface("rosenbrock")
counted_path <- as.numeric(x)
for (t in 1:200) {
  value <- rosenbrock(x)
  value$backward()
  with_no_grad({
    count <- torch_tensor(as.numeric(t))
    c1 <- torch_pow(torch_tensor(0.9), count) * -1 + 1
    c2 <- torch_pow(torch_tensor(0.999), count) * -1 + 1
    step_size <- (torch_tensor(0.1) / c1)$item()
    m <- m * 0.9 + x$grad * (1 - 0.9)
    v <- v * 0.999 + x$grad * x$grad * (1 - 0.999)
    x$copy_(x * (1 - 0.1 * 0.01))
    x$sub_(m / (torch_sqrt(v) / torch_sqrt(c2)$item() + 1e-8) * step_size)
  })
  x$grad$zero_()
  counted_path <- rbind(counted_path, as.numeric(x))
}
cat(sprintf(
  "difference from the recorded path: %.7f\n",
  distance(counted_path, taped("rosenbrock-adamw"))
))

# %% decay-recorded
cases <- c(
  "anisotropic-sgd-weight-decay" = "sgd",
  "anisotropic-rmsprop-weight-decay" = "rmsprop"
)
for (name in names(cases)) {
  path <- descend(
    "anisotropic_paraboloid",
    c(5.1, 2.3),
    cases[[name]],
    steps = 20,
    method = "optim",
    lr = 0.1,
    weight_decay = 0.1
  )
  ignite <- sub("anisotropic", "anisotropic-ignite", name)
  cat(sprintf(
    "%-8s the R-written object is off by %.6f, ignite by %.10f\n",
    cases[[name]],
    distance(taped(name), points_of(path)), distance(taped(ignite), points_of(path))
  ))
}

# %% decay-explained
# The recorded path of optim_sgd() is reproduced by adding the number 1, the parameter's
# position in its group, where the parameter itself belongs.
x <- torch_tensor(c(5.1, 2.3), dtype = torch_float64())
curvature <- torch_tensor(c(0.4, 4), dtype = torch_float64())
wrong <- as.numeric(x)
for (step in 1:20) {
  g <- x * curvature
  x <- x - (g + 1 * 0.1) * 0.1
  wrong <- rbind(wrong, as.numeric(x))
}
gap <- distance(wrong, taped("anisotropic-sgd-weight-decay"))
cat(sprintf("difference from the recorded path: %.10f\n", gap))
cat(sprintf("it ends at (%.6f, %.6f)\n", wrong[21, 1], wrong[21, 2]))

# %% decay-positions
# Two parameters of 10, gradients of zero, lr 1, weight decay 0.1: right, and by position.
for (position in 1:2) {
  cat(sprintf(
    "parameter %d   decayed rightly %.1f, by its position %.1f\n",
    position, 10 - 10 * 0.1, 10 - position * 0.1
  ))
}

# %% zero-or-none
# A parameter gets one gradient, and then none. With momentum, a gradient of zero lets it roll
# on; a gradient that is absent leaves it where it is.
for (missing in c("zero", "absent")) {
  x <- 1
  v <- 0
  walk <- character()
  for (step in 0:4) {
    g <- if (step == 0) 1 else 0
    if (step == 0 || missing == "zero") {
      v <- v * 0.9 + g
      x <- x - v * 0.1
    }
    walk <- c(walk, sprintf("%.4f", x))
  }
  cat(sprintf("gradient %-6s   %s\n", missing, paste(walk, collapse = "  ")))
}

# %% object-zero-or-none
#| differs 1: optimizers that {torch} writes in R fill with zeros, PyTorch unsets
x <- torch_tensor(1, requires_grad = TRUE)
opt <- optim_sgd(list(x), lr = 0.1, momentum = 0.9)
walk <- character()
for (step in 0:4) {
  opt$zero_grad()
  if (step == 0) {
    value <- (x * 1)$sum()
    value$backward()
  }
  opt$step()
  walk <- c(walk, sprintf("%.4f", x$item()))
}
cat("zero_grad() then step(): ", paste(walk, collapse = "  "), "\n", sep = "")

# %% object-memory
#| differs 1-2: {torch} hands out a view on the memory of R, PyTorch copies
# A matrix of one column, and a tensor made from it.
# Something is added to the tensor; the matrix is not touched.
values <- c(0.2, -1.3, -0.5)
column <- matrix(values, ncol = 1)
x <- torch_tensor(column, dtype = torch_float64()) # nolint: memory_linter.
invisible(x$add_(10))
cat("after adding 10 to the tensor, the matrix has", sprintf("%.1f", column), "\n")

# How many of 500 tensors hold other numbers once R has collected its garbage and used the
# memory again?
count_lost <- function(make) {
  made <- lapply(1:500, function(i) make())
  invisible(gc())
  again <- lapply(1:5000, function(i) c(i, i, i) / 7)
  sum(!vapply(made, function(x) identical(as.numeric(x), values), TRUE))
}
lost <- count_lost(function() {
  torch_tensor(matrix(values, ncol = 1), dtype = torch_float64()) # nolint: memory_linter.
})
cat("made from a matrix:", if (lost == 0) "all keep" else "many lose", "their numbers\n")

# %% memory-safe
# A plain vector is copied. The shape can wait until it is a tensor.
safe <- function() torch_tensor(values, dtype = torch_float64())$reshape(c(3, 1))
lost <- count_lost(safe)
cat("made by a copy:", if (lost == 0) "all keep" else "many lose", "their numbers\n")

# %% float32-path
cases <- list(
  list("anisotropic_paraboloid", c(5.1, 2.3), "adagrad", 7, lr = 3.7, eps = 1e-6),
  list("rosenbrock", c(-1.5, 2), "adam", 100, lr = 0.1),
  list("beale", c(1, 1.5), "adagrad", 100, lr = 0.5)
)
for (case in cases) {
  wide <- do.call(descend, case)
  narrow <- do.call(descend, c(case, dtype = "float32"))
  gap <- apply(abs(points_of(wide) - points_of(narrow)), 1, max)
  cat(sprintf(
    "%-23s %-8s step 1: %.0e   largest of %3d steps: %.0e\n",
    case[[1]], case[[3]], gap[2], case[[4]], max(gap)
  ))
}

# %% object-first-tensor
# What a literal becomes: in R, 6 is a double and 6L is an
# integer. A dtype that is written down is sure.
print(torch_tensor(c(6, 6))$dtype)
print(torch_tensor(c(6L, 6L))$dtype)
print(torch_tensor(1)$shape)
print(torch_tensor(c(6, 6), dtype = torch_float64())$dtype)

# %% seeds
seeds <- read.csv(find_table("recorded_torch/torch_seeds.csv"), comment.char = "#")
for (seed in c(1, 42, 2024)) {
  torch_manual_seed(seed)
  drawn <- as.numeric(torch_randn(5, dtype = torch_float64()))
  tape <- seeds$value[seeds$seed == seed & seeds$draw == "randn(5) float64"]
  first <- paste(sprintf("%.6f", drawn[1:2]), collapse = ", ")
  cat(sprintf(
    "seed %4d   drawn %s ...   off the recording by %.10f\n",
    seed, first, distance(drawn, tape)
  ))
}

# %% solution-1
# The same numbers in another order: addition of floating-point numbers is not associative.
cat(sprintf("%.17f, %.17f\n", (0.1 + 0.2) + 0.3, 0.1 + (0.2 + 0.3)))

# %% solution-2
# Two starts that differ in the last bit, in a double
# well, at a rate that is far too large to settle.
walks <- list()
for (x0 in c(0.5, 0.5 + 2^-53)) {
  x <- torch_tensor(x0, dtype = torch_float64(), requires_grad = TRUE)
  walk <- numeric()
  for (step in 1:100) {
    walk <- c(walk, x$item())
    value <- (x^4 * 0.25 - x^2 * 0.5)$sum()
    value$backward()
    with_no_grad({
      x$sub_(x$grad * 1.95)
    })
    x$grad$zero_()
  }
  walks <- c(walks, list(walk))
}
gap <- abs(walks[[1]] - walks[[2]])
for (limit in c(1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 1e-1)) {
  cat(sprintf(
    "the difference exceeds %.0e from step %2d on\n",
    limit, which(gap > limit)[1] - 1
  ))
}
