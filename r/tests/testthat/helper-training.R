# Small data and networks, as tests/training/test_training.py makes them.

made_data <- function(n = 90, seed = 1, images = FALSE, dtype = torch_float64()) {
  torch_manual_seed(seed)
  y <- torch_randint(0, 3, n, dtype = torch_int64())
  shift <- y$to(dtype = dtype)
  x <- if (images) {
    torch_randn(n, 2, 6, 6, dtype = dtype) + shift$reshape(c(-1, 1, 1, 1))
  } else {
    torch_randn(n, 6, dtype = dtype) + shift$reshape(c(-1, 1))
  }
  list(x = x, y = y + 1L)
}

small_network <- function(seed = 0, dropout = 0) {
  torch_manual_seed(seed)
  in_float64(nn_sequential(nn_linear(6, 8), nn_tanh(), nn_dropout(dropout), nn_linear(8, 3)))
}

images_network <- function(seed = 0) {
  torch_manual_seed(seed)
  in_float64(nn_sequential(
    nn_conv2d(2, 4, 3), nn_batch_norm2d(4), nn_relu(), nn_max_pool2d(2), nn_flatten(), nn_linear(16, 3)
  ))
}

in_float64 <- function(model) {
  model$to(dtype = torch_float64())
  model
}

train <- function(model = small_network(), data = made_data(), ..., epochs = 4, batch_size = 32) {
  train_network(
    model, "cross_entropy", data,
    epochs = epochs, batch_size = batch_size, progress = FALSE, batch_losses = TRUE, ...
  )
}

weights <- function(model) lapply(model$state_dict(), as_array)
without_seconds <- function(table) as.list(table[names(table) != "seconds"])

# Evaluates code, the last argument, while objects of the package are replaced by those of the same names.
with_own <- function(...) {
  given <- as.list(substitute(list(...)))[-1]
  named <- nzchar(names(given))
  own <- lapply(given[named], eval, parent.frame())
  package <- asNamespace("gradpath")
  before <- mget(names(own), package)
  put <- function(objects) {
    for (name in names(objects)) {
      unlockBinding(name, package)
      assign(name, objects[[name]], package)
      lockBinding(name, package)
    }
  }
  on.exit(put(before))
  put(own)
  eval(given[!named][[1]], parent.frame())
}
