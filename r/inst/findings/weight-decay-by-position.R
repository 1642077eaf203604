# optim_sgd() and optim_rmsprop() decay by the position of a parameter in its group, not by the parameter.
library(torch)

after_one_step <- function(optimizer, ...) {
  parameters <- list(torch_tensor(10, requires_grad = TRUE), torch_tensor(10, requires_grad = TRUE))
  opt <- optimizer(parameters, lr = 1, weight_decay = 0.1, ...)
  for (p in parameters) (p * 0)$backward()
  opt$step()
  vapply(parameters, function(p) p$item(), 1)
}
found <- after_one_step(optim_sgd)
cat("right:", after_one_step(optim_ignite_sgd), "\nfound:", found, "\n")
# RMSProp with eps = 1: 10 - 1 / (sqrt(0.01) + 1) for a decayed gradient of 0.1 * 10.
rms <- after_one_step(optim_rmsprop, eps = 1)
cat("right:", after_one_step(optim_ignite_rmsprop, eps = 1), "\nfound:", rms, "\n")
if (found[[1]] == found[[2]] || rms[[1]] == rms[[2]]) stop("the finding no longer holds")
