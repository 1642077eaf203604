# optim_adamw() counts its steps in a float32 tensor: the bias correction of a float64 parameter has 7 digits.
library(torch)

after_one_step <- function(optimizer) {
  x <- torch_tensor(1, dtype = torch_float64(), requires_grad = TRUE)
  opt <- optimizer(list(x), lr = 0.1, weight_decay = 0, eps = 0)
  (x * 2)$backward()
  opt$step()
  x$item()
}
# Without eps the first step has the length of lr: from 1 to 0.9.
found <- after_one_step(optim_adamw)
cat(sprintf("right: %.16f\nfound: %.16f\n", after_one_step(optim_ignite_adamw), found))
if (abs(found - 0.9) < 1e-12) stop("the finding no longer holds")
